// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.http.ResponseHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class VersionTagTest {

    private static VersionTag tag(String text) {
        return VersionTag.parse(text).orElseThrow();
    }

    /** The table of RFC 9110, 8.8.3.2. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {"W/\"1\",W/\"1\",false,true", "W/\"1\",W/\"2\",false,false",
        "W/\"1\",\"1\",false,true", "\"1\",\"1\",true,true"})
    void comparesAsTheStandardSays(String left, String right, boolean strongly, boolean weakly) {
        assertThat(tag(left).matchesStrongly(tag(right))).isEqualTo(strongly);
        assertThat(tag(left).matchesWeakly(tag(right))).isEqualTo(weakly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "W/", "W/\"\"", " "})
    void aTagWithoutContentNamesNoVersion(String text) {
        assertThat(VersionTag.of(new ResponseHead(200, Map.of("etag", List.of(text))))).isEmpty();
    }

    @Test
    void goesOntoTheWireAsItCame() {
        assertThat(tag("W/\"a b\"")).hasToString("W/\"a b\"");
        assertThat(tag("unquoted")).hasToString("unquoted");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"identity|true", "aws-chunked|true", "''|true", "aws-chunked, identity|true",
        "aws-chunked,|true", "gzip|false", "aws-chunked,gzip|false", "AWS-Chunked|true"})
    void someEncodingsChangeNothing(String encoding, boolean isPlain) {
        assertThat(ContentCoding.isPlain(encoding)).isEqualTo(isPlain);
    }
}
