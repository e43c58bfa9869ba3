// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.Unpooled;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;

import static org.assertj.core.api.Assertions.assertThat;

/** Eight bytes that are looked at together are judged as they are one by one. */
final class RawHeadValidatorPropertyTest {

    private static final int MOST_FIELDS = 5;

    /** What is known of a head. */
    private record Judgement(boolean good, String problem, boolean tooMany, boolean inside, int lines, int longest) {}

    @Property
    void thePiecesMakeNoDifference(@ForAll("heads") String head, @ForAll @IntRange(min = 2, max = 40) int piece) {
        Judgement single = judge(head, 1);

        assertThat(judge(head, head.length())).as("%s at once", head).isEqualTo(single);
        assertThat(judge(head, piece)).as("%s in pieces of %s", head, piece).isEqualTo(single);
        String seen = single.good() ? single.inside() ? "inside" : "ended" : single.problem();
        Statistics.label("heads").collect(seen);
        Statistics.label("heads").coverage(coverage -> {
            for (String each : List.of("inside", "ended", "its head has a bare CR", "its head has a bare LF",
                    "its head has a control byte")) {
                coverage.check(each).count(count -> count > 0);
            }
        });
    }

    private static Judgement judge(String head, int piece) {
        byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
        var validator = new RawHeadValidator(MOST_FIELDS);
        boolean good = true;
        for (int end = Math.min(piece, bytes.length); good; end = Math.min(bytes.length, end + piece)) {
            good = validator.scan(Unpooled.wrappedBuffer(bytes, 0, end));
            if (end == bytes.length) {
                break;
            }
        }
        return new Judgement(good, validator.problem(), validator.hasTooMany(), validator.isInside(), validator.lines(),
                validator.longestLine());
    }

    /** A request line and fields, with now and then a byte in them that is special, and every value of a byte. */
    @Provide
    static Arbitrary<String> heads() {
        Arbitrary<String> text = Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(30);
        Arbitrary<String> any = Arbitraries.strings().withCharRange('\0', '\u00ff').ofMaxLength(2);
        Arbitrary<String> special = Arbitraries.of("\r", "\n", "\t", "\u007f", "\u0080", "\u00ff", "\u001f", "\u0001",
                " ");
        return Arbitraries.frequencyOf(Tuple.of(12, text), Tuple.of(6, Arbitraries.just("\r\na: b")),
                Tuple.of(2, Arbitraries.just("\r\n\r\n")), Tuple.of(1, any), Tuple.of(1, special))
                .list()
                .ofMaxSize(14)
                .map(parts -> "GET / HTTP/1.1\r\na: " + String.join("", parts));
    }
}
