// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.text;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SafeTextTest {

    private static final String SECRET = "S3cr3t";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET https://a.b/m/x.bin?X-Amz-Signature=S3cr3t: 403     | GET https://a.b/m/x.bin?…: 403
            see http://user:S3cr3t@a.b:80/p (or not)                | see http://a.b:80/p (or not)
            (https://a.b/c?sig=S3cr3t).                             | (https://a.b/c?…).
            https://a.b/c#access_token=S3cr3t                       | https://a.b/c#…
            https://a.b/c?x=1#S3cr3t                                | https://a.b/c?…
            https://a.b/c#x?S3cr3t                                  | https://a.b/c#…
            http://u:S3/cr3t@a.b/p                                  | http://a.b/p
            //u:S3cr3t@a.b/p                                        | //a.b/p
            GET /m/x.bin?sig=S3cr3t HTTP/1.1                        | GET /m/x.bin?… HTTP/1.1
            s3://S3cr3t@bucket/key?versionId=3                      | s3://bucket/key?…
            Authorization: Bearer S3cr3tS3cr3t and on               | Authorization: Bearer … and on
            basic UzNjcjN0OnMzY3IzdA==                              | basic …
            two http://a/?S3cr3t http://b/?S3cr3t                   | two http://a/?… http://b/?…
            """)
    void secretsGo(String text, String shown) {
        assertThat(SafeText.of(text)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "http://[::1]:9000/x", "https://hub/a/b@main/c", "is it there?", "a ? b : c",
        "http://a.b/c?", "what is /v1/hold/NAMESPACE/APP", "time 12:00:01", "s3://bucket/a b", "https://a.b:443",
        "a bearer of news", "C:\\x", "user@host"})
    void restStays(String text) {
        assertThat(SafeText.of(text)).isEqualTo(text);
    }

    @Test
    @Timeout(20)
    void longTextTakesNoLongTime() {
        String text = "http://" + "a?=".repeat(100_000);

        assertThat(SafeText.of(text)).isEqualTo("http://a?…");
        assertThat(SafeText.of("/".repeat(100_000) + " ?")).hasSize(100_002);
        assertThat(SafeText.of("a".repeat(100_000) + "://?=")).hasSize(100_005);
        assertThat(SafeText.of("http://" + "'".repeat(100_000) + "x")).hasSize(100_008);
    }

    @Property(tries = 2000)
    void noSecretOfAnAddressIsEverShown(@ForAll("addresses") String address, @ForAll("words") String before,
            @ForAll("words") String after) {
        String shown = SafeText.of(before + " " + address + " " + after);

        assertThat(shown).doesNotContain(SECRET).startsWith(before + " ").endsWith(" " + after);
        assertThat(SafeText.of(shown)).isEqualTo(shown);
    }

    @Property(tries = 2000)
    void doneTwiceItIsTheSame(@ForAll String text) {
        assertThat(SafeText.of(SafeText.of(text))).isEqualTo(SafeText.of(text));
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.strings().withCharRange('a', 'z').ofMaxLength(8);
    }

    @Provide
    Arbitrary<String> addresses() {
        Arbitrary<String> scheme = Arbitraries.of("http", "https", "s3", "gs", "hf", "HTTP");
        Arbitrary<String> user = Arbitraries.of("", SECRET + "@", "u:" + SECRET + "@", SECRET + ":p%40@", ":" + SECRET
                + "@");
        Arbitrary<String> host = Arbitraries.of("a.b", "a:80", "[::1]", "[::1]:80", "10.0.0.1");
        Arbitrary<String> path = Arbitraries.of("", "/", "/a/b", "/a@b", "/a:b/", "/a%3Fb");
        Arbitrary<String> query = Arbitraries.of("", "?sig=" + SECRET, "?a=b&c=" + SECRET, "?" + SECRET, "#" + SECRET,
                "?a'(" + SECRET, "?a=b:" + SECRET + ";", "?#" + SECRET, "#?" + SECRET, "?a=//u:" + SECRET + "@x");
        return scheme.flatMap(s -> user.flatMap(u -> host.flatMap(
                h -> path.flatMap(p -> query.map(q -> s + "://" + u + h + p + q)))));
    }
}
