// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

import javax.xml.stream.XMLStreamException;

import dev.lastcall.warmup.credentials.SigV4Signer.Parameter;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.http.PromisedDigests;
import dev.lastcall.warmup.store.s3.S3Digests.Composite;
import dev.lastcall.warmup.verify.CrcCombination;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import dev.lastcall.warmup.xml.StrictXml;

/**
 * Turns a composite checksum into one of the whole object. GetObjectAttributes has size and CRC of each part of the
 * upload; those must give the composite checksum back, and combined they give the CRC of the whole, whatever parts we read
 * the object in. Where the store or the caller's rights do not allow it, there is just no digest.
 */
final class PartChecksums {

    private static final int PARTS_IN_PAGE = 1000;

    /** A part takes some 200 characters. */
    private static final int MAX_PAGE_BYTES = 1024 * 1024;

    /** Of an upload to S3. */
    private static final int MAX_PARTS = 10_000;

    private final S3Requests requests;

    PartChecksums(S3Requests requests) {
        this.requests = requests;
    }

    /** One part of the upload. */
    @SuppressWarnings("ArrayRecordComponent") // on its way into a checksum; never compared
    record Part(long sizeBytes, byte[] crc) {}

    Optional<Digest> whole(String key, String etag, long sizeBytes, Composite composite) throws InterruptedException {
        if (composite.parts() > MAX_PARTS || composite.kind() == DigestKind.CRC64NVME) {
            return Optional.empty();
        }
        try {
            List<Part> parts = new ArrayList<>();
            for (int marker = 0; parts.size() < composite.parts();) {
                List<Part> page = page(key, etag, composite, marker);
                if (page.isEmpty()) {
                    return Optional.empty();
                }
                parts.addAll(page);
                marker += page.size();
            }
            return combine(parts, sizeBytes, composite);
        } catch (StoreException | XMLStreamException e) {
            // Not allowed, not implemented, not there any more: the file is fetched without this digest, or refused by policy.
            return Optional.empty();
        }
    }

    private List<Part> page(String key, String etag, Composite composite, int marker)
            throws StoreException, XMLStreamException, InterruptedException {
        Map<String, String> headers = new HashMap<>();
        headers.put("x-amz-object-attributes", "ETag,Checksum,ObjectParts,ObjectSize");
        headers.put("x-amz-max-parts", Integer.toString(PARTS_IN_PAGE));
        headers.put("x-amz-part-number-marker", Integer.toString(marker));
        ControlClient.Response response = requests.call("GET", key, List.of(new Parameter("attributes", "")), headers,
                MAX_PAGE_BYTES);
        return parse(response.text(), composite, etag.replace("\"", ""));
    }

    /** @throws XMLStreamException if it is not such a page, or not of the version that {@code etag} names */
    static List<Part> parse(String text, Composite composite, String etag) throws XMLStreamException {
        List<Part> parts = new ArrayList<>();
        try (StrictXml xml = new StrictXml("GetObjectAttributesResponse", text)) {
            while (xml.next()) {
                if (xml.element().equals("ObjectParts")) {
                    parts(xml, composite, parts);
                } else if (xml.element().equals("ETag")) {
                    if (!xml.text().replace("\"", "").equals(etag)) {
                        throw new XMLStreamException("another version of the object");
                    }
                } else {
                    xml.skip();
                }
            }
        }
        return parts;
    }

    private static void parts(StrictXml xml, Composite composite, List<Part> parts) throws XMLStreamException {
        String crcElement = "Checksum" + composite.kind().name();
        while (xml.next()) {
            if (!xml.element().equals("Part")) {
                xml.skip();
                continue;
            }
            String size = "";
            String crc = "";
            while (xml.next()) {
                String name = xml.element();
                String value = xml.text().strip();
                size = name.equals("Size") ? value : size;
                crc = name.equals(crcElement) ? value : crc;
            }
            Optional<Digest> known = PromisedDigests.ofBase64(composite.kind(), crc);
            if (!size.matches("\\d{1,15}") || known.isEmpty() || parts.size() >= MAX_PARTS) {
                throw new XMLStreamException("a part without size or checksum");
            }
            parts.add(new Part(Long.parseLong(size), Base64.getDecoder().decode(crc)));
        }
    }

    /** The digest of the whole, if the parts are those that the composite checksum and the size speak of. */
    static Optional<Digest> combine(List<Part> parts, long sizeBytes, Composite composite) {
        Checksum ofParts = composite.kind() == DigestKind.CRC32C ? new CRC32C() : new CRC32();
        CrcCombination combination = CrcCombination.of(composite.kind());
        long whole = 0;
        long bytes = 0;
        for (Part part : parts) {
            ofParts.update(part.crc());
            whole = combination.combine(whole, Integer.toUnsignedLong(ByteBuffer.wrap(part.crc()).getInt()),
                    part.sizeBytes());
            bytes += part.sizeBytes();
        }
        byte[] expected = ByteBuffer.allocate(Integer.BYTES).putInt((int) ofParts.getValue()).array();
        boolean isConsistent = parts.size() == composite.parts() && bytes == sizeBytes
                && PromisedDigests.ofBase64(composite.kind(), composite.base64())
                        .filter(digest -> digest.equals(Digest.ofBytes(composite.kind(), expected)))
                        .isPresent();
        return isConsistent ? Optional.of(Digest.ofCrc(composite.kind(), whole)) : Optional.empty();
    }
}
