// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JsonObjectTest {

    private static final JsonObject READ = JsonObject.read("""
            {"text": "a", "whole": 9007199254740993, "part": 2.5, "yes": true, "no": false, "nothing": null,
             "object": {"in": "it", "count": 1}, "mixed": [{"in": "first"}, 7, "word", {"in": "second"}]}""", "it");

    @Test
    void givesWhatIsThere() {
        assertThat(READ.text("text")).contains("a");
        assertThat(READ.integer("whole")).hasValue(9_007_199_254_740_993L);
        assertThat(READ.number("part")).hasValue(2.5);
        assertThat(READ.integer("part")).hasValue(2);
        assertThat(READ.flag("yes")).isTrue();
        assertThat(READ.object("object").orElseThrow().asTexts()).containsExactly(Map.entry("in", "it"),
                Map.entry("count", "1"));
        assertThat(READ.objects("mixed", one -> one.text("in").orElseThrow())).containsExactly("first", "second");
        assertThat(READ.texts("mixed")).isEqualTo(List.of("word"));
        assertThat(READ.size("mixed")).hasValue(4);
    }

    @Test
    void isEmptyWhereNothingIsOrSomethingElse() {
        for (String key : List.of("nothing", "absent", "object")) {
            assertThat(READ.text(key)).isEmpty();
            assertThat(READ.integer(key)).isEmpty();
            assertThat(READ.number(key)).isEmpty();
            assertThat(READ.flag(key)).isFalse();
            assertThat(READ.texts(key)).isEmpty();
            assertThat(READ.size(key)).isEmpty();
        }
        assertThat(READ.object("text")).isEmpty();
        assertThat(READ.flag("no")).isFalse();
    }

    @Test
    void refusesWhatIsNoObject() {
        for (String text : List.of("[]", "7", "null", "")) {
            assertThatThrownBy(() -> JsonObject.read(text, "the file")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the file is no JSON object");
        }
        assertThatThrownBy(() -> JsonObject.read("{\"a\": ", "it")).isInstanceOf(JacksonException.class);
        assertThatThrownBy(() -> JsonObject.read("{\"\u00e9\": 1}".getBytes(ISO_8859_1), "it"))
                .isInstanceOf(JacksonException.class);
    }
}
