// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gate's two codecs against the reference parser, without sockets. In the build each input of the corpora is tried;
 * {@code proof/fuzz} goes on from them, guided by coverage. What that finds becomes a file below
 * {@code src/test/resources}, in the folder of the method's name, and is tried in the build from then on.
 */
class GateCodecFuzzTest {

    private static final int MADE = 100;

    static Stream<Arguments> requestSeeds() {
        Stream<String> corpus = Stream.concat(SmugglingCorpus.refused(), SmugglingCorpus.taken())
                .map(request -> request + RequestFuzz.LAST);
        Stream<byte[]> made = IntStream.range(0, MADE).mapToObj(seed -> new RequestFuzz(new Random(seed)).sequence());
        return Stream.concat(corpus.map(ReferenceParser::bytes), made).map(Arguments::of);
    }

    static Stream<Arguments> responseSeeds() {
        return IntStream.range(0, MADE).mapToObj(seed -> {
            ResponseFuzz planned = ResponseFuzz.of("id", new Random(seed));
            char to = planned.toHead() ? ResponseCodecCheck.TO_HEAD : ResponseCodecCheck.TO_GET;
            return Arguments.of(ReferenceParser.bytes(to + planned.bytes()));
        });
    }

    @MethodSource("requestSeeds")
    @FuzzTest
    void requests(byte[] bytes) {
        RequestCodecCheck.check(bytes);
    }

    @MethodSource("responseSeeds")
    @FuzzTest
    void responses(byte[] bytes) {
        ResponseCodecCheck.check(bytes);
    }
}
