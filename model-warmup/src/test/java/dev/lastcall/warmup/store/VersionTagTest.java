// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

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
        assertThat(VersionTag.parse(text)).isEmpty();
    }

    @Test
    void goesOntoTheWireAsItCame() {
        assertThat(tag("W/\"a b\"")).hasToString("W/\"a b\"");
        assertThat(tag("unquoted")).hasToString("unquoted");
    }
}
