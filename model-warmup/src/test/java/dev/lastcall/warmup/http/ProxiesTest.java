// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProxiesTest {

    private static final Proxies BOTH = Proxies.of(Map.of("HTTPS_PROXY", "http://secure:3128", "HTTP_PROXY", "plain"));

    private static Origin tls(String host) {
        return new Origin(true, host, 443);
    }

    @Test
    void eachSchemeHasItsOwnAndAllProxyIsForBoth() throws Exception {
        assertThat(BOTH.of(tls("s3.amazonaws.com")).orElseThrow()).isEqualTo(new HttpProxy("secure", 3128, "", ""));
        assertThat(BOTH.of(new Origin(false, "minio", 9000)).orElseThrow())
                .isEqualTo(new HttpProxy("plain", 80, "", ""));
        assertThat(Proxies.of(Map.of("all_proxy", "http://any:1")).of(tls("a.test"))).isPresent();
        assertThat(Proxies.of(Map.of("https_proxy", "http://small:1", "HTTPS_PROXY", "http://CAPITAL:1"))
                .of(tls("a.test"))
                .orElseThrow()
                .host()).isEqualTo("small");
        assertThat(Proxies.of(Map.of("HTTPS_PROXY", " ")).of(tls("a.test"))).isEmpty();
    }

    @Test
    void userAndPasswordAreDecodedAndNotShown() throws Exception {
        HttpProxy proxy = Proxies.of(Map.of("HTTPS_PROXY", "http://us%40er:pa%3Ass+1@p.test:8080"))
                .of(tls("a.test"))
                .orElseThrow();

        assertThat(proxy).isEqualTo(new HttpProxy("p.test", 8080, "us@er", "pa:ss+1"));
        assertThat(proxy.authorization()).contains("Basic dXNAZXI6cGE6c3MrMQ==");
        assertThat(proxy.toString()).doesNotContain("pa:ss");
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.169.253", "127.0.0.1",
        "localhost", "::1", "fd00:ec2::254", "fd00:ec2::23", "fe80::1", "fd20:ce::254", "metadata.google.internal",
        "METADATA.google.internal.", "metadata"})
    void whatHandsOutThisNodesCredentialsIsNeverAskedThroughAProxy(String host) throws Exception {
        assertThat(BOTH.of(new Origin(false, host, 80))).isEmpty();
        assertThat(BOTH.of(tls(host))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"example.com, example.com, 443, true", "example.com, a.example.com, 443, true",
        "example.com, badexample.com, 443, false", ".example.com, a.example.com, 443, true",
        "*.example.com, a.example.com, 443, true", "*, whatever.test, 443, true",
        "example.com:8443, example.com, 443, false", "example.com:443, example.com, 443, true",
        "10.1.2.3, 10.1.2.3, 443, true", "10.0.0.0/8, 10.200.3.4, 443, true", "10.0.0.0/8, 11.0.0.1, 443, false",
        "10.0.0.0/8, ten.test, 443, false", "fd12::/16, fd12::7, 443, true", "fd12::/16, 10.0.0.1, 443, false",
        "0.0.0.0/0, 8.8.8.8, 443, true", "[fd12::7]:443, fd12::7, 443, true", "EXAMPLE.com, example.COM, 443, true"})
    void exemptionsAreTheOnesThatCurlKnows(String entry, String host, int port, boolean isExempt) throws Exception {
        Proxies proxies = Proxies.of(Map.of("HTTPS_PROXY", "http://p.test:1", "NO_PROXY", "other.test, " + entry));

        assertThat(proxies.of(new Origin(true, host, port)).isEmpty()).isEqualTo(isExempt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://p.test", "socks5://p.test:1080", "http://:secret@", "http://a b"})
    void otherKindsOfProxyAreRefusedWithoutRepeatingASecret(String address) throws Exception {
        assertThatThrownBy(() -> Proxies.of(Map.of("HTTPS_PROXY", address)).of(tls("a.test")))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("HTTPS_PROXY")
                .hasMessageContaining("http://host:port")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aProxyThatNoRequestNeedsIsNoError() throws Exception {
        Proxies proxies = Proxies.of(Map.of("ALL_PROXY", "socks5h://127.0.0.1:1080", "NO_PROXY", ".internal.test"));

        assertThat(proxies.of(tls("store.internal.test"))).isEmpty();
        assertThat(proxies.of(new Origin(false, "127.0.0.1", 9000))).isEmpty();
        assertThatThrownBy(() -> proxies.of(tls("a.test"))).hasMessageContaining("ALL_PROXY")
                .hasMessageContaining("socks5h")
                .hasMessageContaining("NO_PROXY");
    }
}
