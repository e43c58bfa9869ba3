// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.generic.GenericSettings;
import dev.lastcall.metadata.generic.UrlSettings;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.HedgedTransport;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.testing.ManualClock;
import dev.lastcall.metadata.testing.VirtualRest;
import dev.lastcall.metadata.time.AnswerTime;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** After an outage, of whatever kind and length, a source that can carry a final notice has a good look within two seconds. */
class RecoveryPropertyTest {

    private static final Duration RECOVERY = Duration.ofSeconds(2);
    private static final Duration STEP = Duration.ofMillis(50);
    private static final Duration SLOW = Duration.ofSeconds(20);

    enum Fault {
        /** No connection. */
        REFUSED,
        /** What is asked in the outage is lost, and its answer never comes. */
        LOST,
        /** The server says that it cannot. */
        ERROR,
        /** The server throttles. */
        THROTTLED,
        /** The server has lost the sessions it gave. */
        DENIED
    }

    record Outage(int afterMillis, int millis, Fault fault) {}

    @Provide
    Arbitrary<List<Outage>> outages() {
        return Combinators
                .combine(Arbitraries.integers().between(0, 4_000), Arbitraries.integers().between(200, 20_000),
                        Arbitraries.of(Fault.class))
                .as(Outage::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void ec2(@ForAll("outages") List<Outage> outages, @ForAll long seed) {
        play(outages, seed, Cloud.AWS, "aws-spot", RECOVERY);
    }

    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void ec2WhereQuestionsWithoutATokenAreAllowed(@ForAll("outages") List<Outage> outages, @ForAll long seed) {
        AwsSettings plain = AwsSettings.defaults();
        AwsSettings lenient = new AwsSettings(plain.endpoints(), plain.timeout(), plain.tokenTtl(), true,
                plain.spotPoll(),
                plain.otherPoll(), plain.spotWindow(), plain.rebalance(), plain.maintenance(), plain.scaleIn());
        play(outages, seed, settings(lenient, AzureSettings.defaults(), List.of()), Cloud.AWS, "aws-spot", RECOVERY);
    }

    @Property(tries = 8, shrinking = ShrinkingMode.OFF)
    void ec2WithALongBoundOfItsRequests(@ForAll("outages") List<Outage> outages, @ForAll long seed) {
        AwsSettings plain = AwsSettings.defaults();
        AwsSettings patient = new AwsSettings(plain.endpoints(), SLOW, plain.tokenTtl(), false, plain.spotPoll(),
                plain.otherPoll(), plain.spotWindow(), plain.rebalance(), plain.maintenance(), plain.scaleIn());
        play(outages, seed, settings(patient, AzureSettings.defaults(), List.of()), Cloud.AWS, "aws-spot", RECOVERY);
    }

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void googlesPreemption(@ForAll("outages") List<Outage> outages, @ForAll long seed) {
        play(outages, seed, Cloud.GCP, "gcp-preempted", RECOVERY);
    }

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void azuresEventsFromTheFirstRequestOn(@ForAll("outages") List<Outage> outages, @ForAll long seed) {
        play(outages, seed, Cloud.AZURE, "azure-events", RECOVERY);
    }

    @Property(tries = 8, shrinking = ShrinkingMode.OFF)
    void aConfiguredUrl(@ForAll("outages") List<Outage> outages, @ForAll long seed) {
        UrlSettings url = UrlSettings.of("mine", Endpoint.http("127.0.0.1"), "/going");
        play(outages, seed, settings(AwsSettings.defaults(), AzureSettings.defaults(), List.of(url)), Cloud.NONE,
                "mine",
                RECOVERY);
    }

    private static SourceSettings settings(AwsSettings aws, AzureSettings azure, List<GenericSettings> generic) {
        return new SourceSettings(aws, GcpSettings.defaults(), azure, generic);
    }

    private static void play(List<Outage> outages, long seed, Cloud cloud, String name, Duration bound) {
        play(outages, seed, SourceSettings.defaults(), cloud, name, bound);
    }

    private static void play(List<Outage> outages, long seed, SourceSettings settings, Cloud cloud, String name,
            Duration bound) {
        ManualClock clock = new ManualClock();
        Server server = new Server(clock);
        List<Long> good = new CopyOnWriteArrayList<>();
        List<NoticeSource> sources = new ArrayList<>(
                new Sources(new HedgedTransport(server, clock), clock, new Random(seed), Path.of("/"))
                        .forCloud(cloud, settings)
                        .all());
        try {
            sources.forEach(source -> source.start((from, seen) -> {
                if (from.equals(name) && !(seen instanceof Observation.Unknown)) {
                    good.add(clock.nanoTime());
                }
            }));
            for (Outage outage : outages) {
                pass(clock, Duration.ofMillis(outage.afterMillis()));
                server.fault(outage.fault());
                pass(clock, Duration.ofMillis(outage.millis()));
                server.recovers();
                long back = clock.nanoTime();
                pass(clock, bound);
                assertThat(good).as("%s after %s, good looks so far", name, outage)
                        .anyMatch(at -> at - back >= 0);
            }
        } finally {
            sources.forEach(NoticeSource::close);
        }
    }

    private static void pass(ManualClock clock, Duration time) {
        VirtualRest.await();
        for (Duration left = time; left.isPositive(); left = left.minus(STEP)) {
            clock.advance(STEP);
            VirtualRest.await();
        }
    }

    /** A metadata server of any cloud that is at fault from time to time. */
    private static final class Server implements MetadataTransport {
        private final ManualClock clock;
        private volatile State state = new State(null, 0);
        private final AtomicInteger session = new AtomicInteger();

        /**
         * @param fault null while it is well
         * @param number of the state, so that a question knows whether it was asked in it
         */
        private record State(@Nullable Fault fault, int number) {}

        private Server(ManualClock clock) {
            this.clock = clock;
        }

        void fault(Fault fault) {
            state = new State(fault, state.number() + 1);
        }

        void recovers() {
            session.incrementAndGet();
            state = new State(null, state.number() + 1);
        }

        @Override
        public MetadataAnswer ask(MetadataRequest request) throws InterruptedException {
            boolean held = request.path().contains("wait_for_change");
            Fault fault = state.fault();
            if (fault == null) {
                if (held) {
                    // What is held when the server goes is lost with it.
                    int asked = state.number();
                    clock.sleep(Duration.ofSeconds(30));
                    return state.number() == asked ? well(request) : lost(request, Duration.ofSeconds(30));
                }
                return well(request);
            }
            return switch (fault) {
                case REFUSED -> failed(MetadataProblem.Kind.UNREACHABLE);
                case LOST -> lost(request, Duration.ZERO);
                case ERROR -> status(503, "");
                case THROTTLED -> status(429, "");
                case DENIED -> request.method() == MetadataRequest.Method.PUT ? status(503, "") : status(401, "");
            };
        }

        private MetadataAnswer lost(MetadataRequest request, Duration waited) throws InterruptedException {
            clock.sleep(request.total().minus(waited));
            return failed(MetadataProblem.Kind.TIMEOUT);
        }

        private MetadataAnswer well(MetadataRequest request) {
            if (request.method() == MetadataRequest.Method.PUT) {
                return status(200, "token" + session.get());
            }
            if (request.path().startsWith("/latest/")) {
                boolean known = ("token" + session.get()).equals(request.headers().get("X-aws-ec2-metadata-token"));
                return known ? status(404, "") : status(401, "");
            }
            if (request.path().startsWith("/computeMetadata/")) {
                return status(200, "FALSE");
            }
            return request.path().startsWith("/metadata/")
                    ? status(200, "{\"DocumentIncarnation\":1,\"Events\":[]}")
                    : status(404, "");
        }

        private MetadataAnswer status(int status, String body) {
            return new MetadataAnswer.Response(status, Map.of("ETag", "e"), body, AnswerTime.now(clock));
        }

        private static MetadataAnswer failed(MetadataProblem.Kind kind) {
            return new MetadataAnswer.Failed(new MetadataProblem(kind, "scripted"));
        }
    }
}
