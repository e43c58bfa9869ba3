// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import javax.xml.stream.XMLStreamException;

import dev.lastcall.warmup.xml.StrictXml;

/**
 * One page of ListObjectsV2.
 *
 * @param objects in the store's order
 * @param nextToken for the next page; empty on the last, and where a store only knows the first version of the call
 * @param nextMarker for the next page of such a store; empty on the last
 */
record ListingPage(List<ListedObject> objects, String nextToken, String nextMarker) {

    /** Whether this page is the last. */
    boolean isLast() {
        return nextToken.isEmpty() && nextMarker.isEmpty();
    }

    /**
     * One object of a page.
     *
     * @param key decoded
     * @param keyWithPlus the key where a plus is a plus, as some stores have it; mostly the same
     */
    record ListedObject(String key, String keyWithPlus, long sizeBytes) {

        /** What consoles and file systems on top of S3 leave behind for a folder; some put a few bytes into it. */
        boolean isFolderMarker() {
            return key.endsWith("/") || (sizeBytes == 0 && key.endsWith("_$folder$"));
        }
    }

    /** @throws XMLStreamException if it is not exactly what the API documents */
    static ListingPage parse(String text) throws XMLStreamException {
        List<Raw> raws = new ArrayList<>();
        boolean encoded = false;
        String truncated = "";
        String token = "";
        String marker = "";
        try (StrictXml xml = new StrictXml("ListBucketResult", text)) {
            while (xml.next()) {
                switch (xml.element()) {
                    case "Contents" -> raws.add(object(xml));
                    case "EncodingType" -> encoded = xml.text().strip().equals("url");
                    case "IsTruncated" -> truncated = xml.text().strip();
                    case "NextContinuationToken" -> token = xml.text();
                    case "NextMarker" -> marker = xml.text();
                    default -> xml.skip();
                }
            }
            if (xml.depth() != 0) {
                throw new XMLStreamException("it ends early");
            }
        }
        if (!truncated.equals("true") && !truncated.equals("false")) {
            throw new XMLStreamException("no IsTruncated");
        }
        boolean isTruncated = truncated.equals("true");
        if (isTruncated && token.isEmpty() && marker.isEmpty() && raws.isEmpty()) {
            throw new XMLStreamException("truncated, but nothing says where the next page begins");
        }
        List<ListedObject> objects = new ArrayList<>(raws.size());
        for (Raw raw : raws) {
            objects.add(encoded
                    ? new ListedObject(decode(raw.key, true), decode(raw.key, false), raw.sizeBytes)
                    : new ListedObject(raw.key, raw.key, raw.sizeBytes));
        }
        // Without a delimiter the first version of the call names no marker: it is the last key.
        String last = marker.isEmpty() && !objects.isEmpty() ? objects.getLast().key() : marker;
        return new ListingPage(List.copyOf(objects), isTruncated ? token : "",
                isTruncated && token.isEmpty() ? last : "");
    }

    private record Raw(String key, long sizeBytes) {}

    private static Raw object(StrictXml xml) throws XMLStreamException {
        String key = "";
        String size = "";
        while (xml.next()) {
            switch (xml.element()) {
                case "Key" -> key = xml.text();
                case "Size" -> size = xml.text().strip();
                default -> xml.skip();
            }
        }
        if (key.isEmpty() || !size.matches("\\d{1,18}")) {
            throw new XMLStreamException("an object without key or size");
        }
        return new Raw(key, Long.parseLong(size));
    }

    /** {@code encoding-type=url} encodes like a form: a space is a plus, a plus is {@code %2B}. */
    static String decode(String key, boolean isPlusSpace) throws XMLStreamException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(key.length());
        for (int i = 0; i < key.length(); i++) {
            int c = key.codePointAt(i);
            if (c == '%') {
                int high = i + 2 < key.length() ? Character.digit(key.charAt(i + 1), 16) : -1;
                int low = high < 0 ? -1 : Character.digit(key.charAt(i + 2), 16);
                if (low < 0) {
                    throw new XMLStreamException("a key with a broken escape");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (c == '+' && isPlusSpace) {
                bytes.write(' ');
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(c) - 1;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
        } catch (CharacterCodingException e) {
            throw new XMLStreamException("a key that is not UTF-8", e);
        }
    }
}
