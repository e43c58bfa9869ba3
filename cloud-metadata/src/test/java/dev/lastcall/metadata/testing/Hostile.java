// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.testing;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.time.AnswerTime;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Bodies that no contract allows: any text, and good ones that have been bent, cut and nested. */
public final class Hostile {

    private Hostile() {}

    /** Any text, or one of {@code good} after an accident. */
    public static Arbitrary<String> bodies(String... good) {
        Arbitrary<String> any = Arbitraries.strings().ofMaxLength(200);
        Arbitrary<String> bytes = Arbitraries.bytes().list().ofMaxSize(64).map(Hostile::decode);
        Arbitrary<String> sample = Arbitraries.of(good);
        Arbitrary<String> cut = Combinators.combine(sample, Arbitraries.integers().between(0, 400))
                .as((body, at) -> body.substring(0, Math.min(at, body.length())));
        Arbitrary<String> bent = Combinators
                .combine(sample, Arbitraries.integers().between(0, 400), Arbitraries.strings().ofMaxLength(8))
                .as((body, at, text) -> {
                    int index = Math.min(at, body.length());
                    return body.substring(0, index) + text
                            + body.substring(Math.min(body.length(), index + text.length() / 2));
                });
        Arbitrary<String> retyped = Combinators.combine(sample,
                Arbitraries.of("null", "[]", "{}", "1e999", "-1", "true", "\"\"", "\"\\u0000\"",
                        "\"" + "9".repeat(5_000) + "\"", "[[[[{}]]]]"),
                Arbitraries.integers().between(0, 8)).as(Hostile::retype);
        Arbitrary<String> deep = Arbitraries.integers().between(1, 5_000).map(n -> "[".repeat(n) + "{\"a\":".repeat(n));
        return Arbitraries.oneOf(List.of(any, bytes, cut, bent, retyped, deep));
    }

    /** Some text as the body of a 200. */
    public static MetadataAnswer.Response response(String body) {
        Instant now = Instant.parse("2026-11-24T12:00:00Z");
        return new MetadataAnswer.Response(200, Map.of(), body, new AnswerTime(0, now, now));
    }

    private static String decode(List<Byte> bytes) {
        byte[] array = new byte[bytes.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = bytes.get(i);
        }
        return new String(array, java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Puts {@code value} in the place of the value behind the n-th colon. */
    private static String retype(String body, String value, int n) {
        int colon = -1;
        for (int i = 0; i <= n; i++) {
            int next = body.indexOf(':', colon + 1);
            if (next < 0) {
                break;
            }
            colon = next;
        }
        int comma = body.indexOf(',', colon + 1);
        return colon < 0 || comma < 0 ? value : body.substring(0, colon + 1) + value + body.substring(comma);
    }
}
