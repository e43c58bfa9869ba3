// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HeadParserTest {

    private static ResponseHead parse(String text) throws WireException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return HeadParser.parse(bytes, bytes.length);
    }

    @Test
    void fieldsAreFoundWhateverTheirCase() throws WireException {
        ResponseHead head = parse("HTTP/1.1 206 Partial Content\r\neTag:  \"x\" \r\nX-A: 1\r\nx-a: 2");

        assertThat(head.status()).isEqualTo(206);
        assertThat(head.field("ETag")).contains("\"x\"");
        assertThat(head.all("X-A")).containsExactly("1", "2");
        assertThat(head.field("absent")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/2 200", "HTTP/1.1 2000 x", "SSH-2.0-OpenSSH", "HTTP/1.1 200 OK\r\n folded: x",
        "HTTP/1.1 200 OK\r\nno colon", "HTTP/1.1 200 OK\r\nname : x", "HTTP/1.1 200 OK\r\na: \0"})
    void whatCouldBeReadTwoWaysIsRefused(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(WireException.class);
    }

    @Test
    void moreFieldsThanAnyServerSendsAreRefused() {
        assertThatThrownBy(() -> parse("HTTP/1.1 200 OK" + "\r\na: b".repeat(200))).hasMessageContaining("128");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 5-4/10", "bytes 0-10/10", "bytes */10", "bytes 0-1", "items 0-1/2",
        "bytes 0-1/2,3-4/5",
        "bytes -1-2/5", "bytes 0-9999999999999999999/99999999999999999999"})
    void anUnusableContentRangeIsNone(String text) {
        assertThat(ContentRange.parse(text)).isEmpty();
    }

    @Test
    void aContentRangeIsReadWithOrWithoutTotal() {
        assertThat(ContentRange.parse("bytes 3-7/20")).contains(new ContentRange(3, 7, 20));
        assertThat(ContentRange.parse("bytes 3-7/*")).contains(new ContentRange(3, 7, -1));
    }
}
