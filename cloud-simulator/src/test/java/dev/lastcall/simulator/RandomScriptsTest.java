// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.Script;
import dev.lastcall.simulator.script.ScriptException;
import dev.lastcall.simulator.script.ScriptTimeFormat;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Timeline;
import dev.lastcall.simulator.script.Value;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

import static org.assertj.core.api.Assertions.assertThat;

class RandomScriptsTest {

    @Property(tries = 300)
    void scriptSurvivesBeingWrittenAndRead(@ForAll("scripts") Script script) throws ScriptException {
        assertThat(Script.parse("again.yaml", script.toYaml())).isEqualTo(script);
    }

    @Property(tries = 25, shrinking = ShrinkingMode.BOUNDED)
    void anyScriptPlaysToItsEnd(@ForAll("scripts") Script script, @ForAll("moments") List<Duration> moments) {
        try (Simulator simulator = Simulator.of(script).manual().start()) {
            moments.stream().sorted().forEach(moment -> {
                simulator.at(moment);
                probe(simulator);
            });
            assertThat(simulator.position()).isEqualTo(moments.stream().max(Duration::compareTo).orElse(Duration.ZERO));
        }
    }

    @Property(tries = 300)
    void anyTextIsAScriptOrAScriptException(@ForAll("yamlLike") String text) {
        try {
            assertThat(Script.parse("any.yaml", "cloud: aws\n" + text)).isNotNull();
        } catch (ScriptException e) {
            assertThat(e.problems()).isNotEmpty().allMatch(problem -> problem.startsWith("any.yaml:"));
        }
    }

    /** Whatever becomes of a request under random faults, asking must not break the simulator. */
    private static void probe(Simulator simulator) {
        try (RawClient client = new RawClient(simulator)) {
            client.patience(Duration.ofMillis(20));
            client.get("/latest/meta-data/a/b", "Metadata: true", "Metadata-Flavor: Google");
        } catch (IOException | NumberFormatException e) {
            // a fault did its work
        }
    }

    @Provide
    Arbitrary<String> yamlLike() {
        return Arbitraries.strings().withChars("aetinms01-:{}[],\"'\n #&*|>%@!~?").ofMaxLength(60);
    }

    @Provide
    Arbitrary<List<Duration>> moments() {
        return durations().list().ofMaxSize(5);
    }

    @Provide
    Arbitrary<Script> scripts() {
        Arbitrary<SimulatedCloud> clouds = Arbitraries.oneOf(
                Arbitraries.of(SimulatedCloud.Aws.Tokens.class).map(SimulatedCloud.Aws::new),
                Arbitraries.of(SimulatedCloud.Gcp.View.class).map(SimulatedCloud.Gcp::new),
                durations().map(SimulatedCloud.Azure::new));
        return Combinators.combine(clouds, changes().list().ofMaxSize(6), faults().list().ofMaxSize(5))
                .as((cloud, changes, faults) -> new Script(cloud, new Timeline(changes, faults)));
    }

    private static Arbitrary<Duration> durations() {
        return Arbitraries.oneOf(Arbitraries.longs().between(0, 3_000_000_000_000L).map(Duration::ofNanos),
                Arbitraries.integers().between(0, 100_000).map(Duration::ofSeconds));
    }

    private static Arbitrary<Duration> positive() {
        return durations().map(duration -> duration.plusMillis(1));
    }

    private static Arbitrary<Timeline.Change> changes() {
        Arbitrary<String> keys = Arbitraries.of("a", "a/b", "a/b/c", "events", "instance/preempted", "x-y.z:1@2~_/0");
        return Arbitraries.oneOf(
                Combinators.combine(durations(), keys, values(2)).as(Timeline.Change.Set::new),
                Combinators.combine(durations(), keys).as(Timeline.Change.Remove::new));
    }

    private static Arbitrary<Value> values(int depth) {
        List<Arbitrary<Value>> kinds = new ArrayList<>(List.of(texts().map(Value.Text::new),
                Combinators.combine(Arbitraries.of(Value.Base.class), durations(), Arbitraries.of(true, false),
                        Arbitraries.of(ScriptTimeFormat.class))
                        .as((base, offset, past, format) -> new Value.Time(base,
                                past ? offset.negated() : offset, format)),
                Arbitraries.longs().map(Value.Whole::new), Arbitraries.doubles().map(Value.Decimal::new),
                Arbitraries.of(true, false).map(Value.Bool::new)));
        if (depth > 0) {
            Arbitrary<Value> inner = Arbitraries.oneOf(values(depth - 1), Arbitraries.just(new Value.Null()));
            kinds.add(inner.list().ofMaxSize(3).map(Value.Items::new));
            kinds.add(Arbitraries.maps(names(), inner).ofMaxSize(3).map(Value.Fields::new));
        }
        return Arbitraries.oneOf(kinds);
    }

    private static Arbitrary<String> texts() {
        Arbitrary<String> awkward = Arbitraries.of("", " ", "null", "~", "TRUE", "yes", "0x10", "1e3", "- a", "a: b",
                "#", "\uFEFF", "\u0000\u0085\u2028", "*a", "&a", "!!str x", "---", "{", "2017-09-18T08:22:00Z",
                "\ud83d\ude00");
        return Arbitraries.oneOf(awkward, Arbitraries.strings().ascii().ofMaxLength(20))
                .filter(text -> !text.matches("(?s)(in|at|always in) -?\\d.*"));
    }

    private static Arbitrary<String> names() {
        return Arbitraries.oneOf(texts(), Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(8));
    }

    private static Arbitrary<Fault> faults() {
        Arbitrary<List<Effect>> effects = effects().list().uniqueElements(Effect::getClass).ofMinSize(1).ofMaxSize(4);
        Arbitrary<Integer> times = Arbitraries.oneOf(Arbitraries.just(Fault.UNLIMITED),
                Arbitraries.integers().between(1, 999_999_999));
        Arbitrary<Duration> lengths = Arbitraries.oneOf(positive(), Arbitraries.just(Fault.FOREVER));
        return Combinators.combine(durations(), lengths, Arbitraries.of("*", "/latest/*", "instance/preempted", "*b*"),
                Arbitraries.of("*", "GET", "PUT"), times, effects)
                .as((from, length, path, method, most, all) -> new Fault(from,
                        length.equals(Fault.FOREVER) ? length : from.plus(length), path, method, most, all));
    }

    private static Arbitrary<Effect> effects() {
        Arbitrary<Duration> spans = Arbitraries.oneOf(positive(), Arbitraries.just(Effect.FOREVER));
        Arbitrary<Effect.Point> points = Arbitraries.of(Effect.Point.class);
        return Arbitraries.oneOf(List.of(
                Arbitraries.integers().between(200, 599).map(Effect.Status::new),
                Arbitraries.oneOf(Arbitraries.of("", "null", "{\"a\": 1}", "\u0000"), Arbitraries.strings()
                        .ascii()
                        .ofMaxLength(20)).map(Effect.Body::new),
                Arbitraries.longs().between(1, 1 << 21).map(Effect.Oversized::new), spans.map(Effect.Delay::new),
                spans.map(Effect.Stall::new), Arbitraries.integers().between(1, 100_000).map(Effect.SlowBody::new),
                points.map(Effect.Reset::new), points.map(Effect.Close::new), Arbitraries.just(new Effect.Refuse()),
                Arbitraries.of(Effect.HangEnd.class).map(Effect.Hang::new), Arbitraries.just(new Effect.RevokeTokens()),
                positive().map(Effect.TokenTtl::new), durations().map(Duration::negated).map(Effect.DateSkew::new),
                Arbitraries.of("Date", "ETag").map(Effect.WithoutHeader::new),
                Arbitraries.of("", "x", "a: b").map(value -> new Effect.WithHeader("X-Any", value))));
    }
}
