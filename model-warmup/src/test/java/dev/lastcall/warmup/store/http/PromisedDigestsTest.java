// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.lastcall.warmup.http.ResponseHead;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A digest is what a field promises; a shape is none. */
class PromisedDigestsTest {

    private static final String SHA = "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=";
    private static final String SHA_HEX = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    private static final String MD5 = "mZFLky1Hrcvs8K0HVEvsNg==";

    private static List<String> kinds(int status, String fields) {
        Map<String, List<String>> head = new LinkedHashMap<>();
        for (String line : fields.replace("SHAHEX", SHA_HEX)
                .replace("SHA64", SHA)
                .replace("MD564", MD5)
                .split(" / ", -1)) {
            String[] field = line.split(": ", 2);
            head.put(field[0].toLowerCase(Locale.ROOT), List.of(field[1]));
        }
        return PromisedDigests.of(new ResponseHead(status, head))
                .stream()
                .map(digest -> digest.kind().label())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"206|Repr-Digest: sha-256=:SHA64:|sha256",
        "206|Digest: md5=x, SHA-256=SHA64|sha256", "200|Content-Digest: sha-256=:SHA64:|sha256",
        "200|Content-MD5: MD564|md5", "206|x-ms-blob-content-md5: MD564|md5",
        "206|x-goog-hash: crc32c=AAAAAQ==,md5=MD564|crc32c md5", "206|X-Checksum-Sha256: SHAHEX|sha256",
        "200|x-amz-checksum-sha256: SHA64|sha256",
        "200|x-amz-checksum-crc64nvme: AAAAAAAAAAE= / ETag: \"a-9\"|crc64nvme",
        "200|x-amz-checksum-crc32: AAAAAQ== / x-amz-checksum-type: FULL_OBJECT / ETag: \"a-9\"|crc32"})
    void fieldsThatPromiseADigestOfTheWhole(int status, String fields, String kinds) {
        assertThat(kinds(status, fields)).containsExactlyInAnyOrder(kinds.split(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"200|ETag: \"0123456789abcdef0123456789abcdef\"",
        "200|ETag: \"da39a3ee5e6b4b0d3255bfef95601890afd80709\"", "206|Content-Digest: sha-256=:SHA64:",
        "206|Content-MD5: MD564", "200|Content-MD5: nonsense", "200|Content-MD5: MD564 / Content-Range: bytes 0-0/9",
        "200|x-amz-checksum-crc32c: AAAAAQ==-3", "200|x-amz-checksum-sha256: SHA64 / x-amz-checksum-type: COMPOSITE",
        "200|x-amz-checksum-crc32: AAAAAQ== / ETag: \"abc-9\"", "200|x-goog-hash: crc32c=AAAA / ETag: \"x\"",
        "200|x-goog-hash: crc32c=AAAAAQ== / x-goog-stored-content-encoding: gzip"})
    void whatIsOnlyShapedLikeADigestOrIsNotOfTheWhole(int status, String fields) {
        assertThat(kinds(status, fields)).isEmpty();
    }
}
