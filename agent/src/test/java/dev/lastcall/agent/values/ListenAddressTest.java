// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ListenAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:9808", "[::1]:9808", "localhost:0", "0.0.0.0:65535", "node-1.local:80"})
    void readsBackWhatItWrites(String text) {
        assertThat(ListenAddress.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":80", "80", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "http://a:80",
        "a:b"})
    void refusesWhatIsNone(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ListenAddress.parse(text));
    }

    @Test
    void everyAddressCollidesWithEachOfThemOnOnePort() {
        ListenAddress everywhere = ListenAddress.parse("0.0.0.0:80");

        assertThat(everywhere.collidesWith(ListenAddress.parse("127.0.0.1:80"))).isTrue();
        assertThat(ListenAddress.parse("127.0.0.1:80").collidesWith(everywhere)).isTrue();
        assertThat(everywhere.collidesWith(ListenAddress.parse("127.0.0.1:81"))).isFalse();
        assertThat(ListenAddress.parse("127.0.0.1:0").collidesWith(ListenAddress.parse("127.0.0.1:0"))).isFalse();
    }
}
