// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.fetch.TransferEvent.Cause;
import dev.lastcall.warmup.fetch.TransferEvent.Proof;
import dev.lastcall.warmup.fetch.TransferState.Abandoned;
import dev.lastcall.warmup.fetch.TransferState.Attempt;
import dev.lastcall.warmup.fetch.TransferState.Failed;
import dev.lastcall.warmup.fetch.TransferState.Final;
import dev.lastcall.warmup.fetch.TransferState.Leaving;
import dev.lastcall.warmup.fetch.TransferState.Planned;
import dev.lastcall.warmup.fetch.TransferState.Published;
import dev.lastcall.warmup.fetch.TransferState.Refetching;
import dev.lastcall.warmup.fetch.TransferState.Transferring;
import dev.lastcall.warmup.fetch.TransferState.Verifying;
import dev.lastcall.warmup.fetch.TransferState.Whole;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for transfers whatever happens to them and in whatever order. */
final class TransferMachinePropertyTest {

    private static final List<Class<? extends TransferState>> STATES = List.of(Planned.class, Transferring.class,
            Leaving.class, Refetching.class, Verifying.class, Whole.class, Published.class, Abandoned.class,
            Failed.class);

    private static final int MOST_CHOICES = 999;

    /** More steps than the longest transfer has where each step goes on with it. */
    private static final int MANY = 200;

    private static FetchException why() {
        return new FetchException(FetchException.Reason.STORE, new Failure.Ended("a test", Ending.CANCELLED), null);
    }

    /** Any event in any state: none resurrects what is over, and none publishes what is not proven. */
    @Property
    void whateverHappensATransferEndsOnceAndOnlyProvenBytesAreNamed(@ForAll boolean isPromised,
            @ForAll boolean isOneStream, @ForAll("events") List<TransferEvent> events) {
        TransferState state = new Planned(Attempt.first(isPromised, isOneStream));
        List<TransferEvent> past = new ArrayList<>();
        for (TransferEvent event : events) {
            TransferState before = state;
            state = before.after(event);
            past.add(event);
            assertThat(workers(state)).as("workers after %s", past).isNotNegative();
            if (event instanceof TransferEvent.Voided voided && before instanceof Transferring now
                    && voided.attempt() != now.attempt().number()) {
                assertThat(state).as("an attempt that is over makes another void: %s", past).isEqualTo(before);
            }
            if (before instanceof Final) {
                assertThat(state).as("over is over: %s", past).isSameAs(before);
            }
            if (state instanceof Whole && !(before instanceof Whole)) {
                assertThat(before).as("whole unseen: %s", past).isInstanceOf(Verifying.class);
                assertThat(proofOf(event)).as("whole unproven: %s", past)
                        .isIn(isPromised ? List.of(Proof.DIGEST) : List.of(Proof.DIGEST, Proof.SIZE));
            }
            if (state instanceof Published && !(before instanceof Published)) {
                assertThat(before).as("named before it was whole: %s", past).isInstanceOf(Whole.class);
            }
            if (state instanceof Verifying && !(before instanceof Verifying)) {
                assertThat(workers(before)).as("verified under a worker: %s", past).isLessThanOrEqualTo(1);
            }
            if (!(state instanceof Final)) {
                TransferState now = state;
                assertThat(all()).as("a state without an exit: %s", past)
                        .anyMatch(next -> !now.after(next).getClass().equals(now.getClass()) || workers(now) > 1);
            }
        }
    }

    private static Proof proofOf(TransferEvent event) {
        return event instanceof TransferEvent.Checked checked ? checked.proof() : Proof.WRONG;
    }

    private static int workers(TransferState state) {
        return switch (state) {
            case Transferring transferring -> transferring.workers();
            case Leaving leaving -> leaving.workers();
            case Abandoned abandoned -> abandoned.workers();
            case Planned _,Refetching _,Verifying _,Whole _,Final _ -> 0;
        };
    }

    /** Events as threads and a store bring them about: what is published is whole and of the version that was listed. */
    @Property(tries = 3000)
    void whatIsPublishedIsOneVersion(@ForAll boolean isPromised, @ForAll boolean isPinned,
            @ForAll("choices") List<Integer> choices) {
        World world = new World(isPromised, isPinned);
        for (int choice : choices) {
            world.step(choice);
        }
        for (int steps = 0; !(world.state instanceof Final); steps++) {
            assertThat(steps).as("it does not end: %s", world.past).isLessThan(MANY);
            world.goOn();
        }
        assertThat(world.endings).as("%s", world.past).isEqualTo(1);
        Statistics.label("states")
                .coverage(coverage -> STATES
                        .forEach(state -> coverage.check(state.getSimpleName()).count(count -> count > 0)));
        Statistics.label("causes")
                .coverage(coverage -> Stream.of(Cause.values())
                        .forEach(cause -> coverage.check(cause).count(count -> count > 0)));
    }

    /** A store whose file may be replaced, workers that notice late, and the bytes that are on the disk. */
    private static final class World {

        private static final int PARTS = 3;
        private static final int NOTHING = -1;
        private static final int LISTED = 0;

        private final boolean isPromised;
        private final boolean isPinned;
        private final List<Worker> workers = new ArrayList<>();
        private final List<String> past = new ArrayList<>();
        private TransferState state;
        private int[] parts = empty();
        private int stored = LISTED;
        private int endings;

        World(boolean isPromised, boolean isPinned) {
            this.isPromised = isPromised;
            this.isPinned = isPinned;
            // What nothing pins is one stream: ranges of it could be of two versions.
            this.state = new Planned(Attempt.first(isPromised, !isPinned && !isPromised));
            Statistics.label("states").collect(state.getClass().getSimpleName());
        }

        /**
         * A worker.
         *
         * @param attempt that it has begun in
         * @param version that the store had then
         */
        private record Worker(int attempt, int version) {}

        private static int[] empty() {
            int[] parts = new int[PARTS];
            Arrays.fill(parts, NOTHING);
            return parts;
        }

        private boolean isWhole() {
            return Arrays.stream(parts).noneMatch(part -> part == NOTHING);
        }

        void step(int choice) {
            switch (choice % 10) {
                case 0 -> stored = stored == LISTED ? choice : LISTED;
                case 1 -> join();
                case 2, 3 -> write(choice / 10);
                case 4 -> leave(choice / 10);
                case 5 -> voided(choice / 10);
                case 6 -> breakOff(choice / 10);
                case 7 -> {
                    if (choice > MOST_CHOICES - 50) {
                        take(new TransferEvent.GivenUp(why()));
                    }
                }
                default -> goOn();
            }
        }

        /** What the thread does that is due. */
        void goOn() {
            switch (state) {
                case Planned _ -> take(new TransferEvent.Opened(isWhole()));
                case Transferring _ -> {
                    if (workers.isEmpty()) {
                        join();
                    } else if (isWhole()) {
                        leave(0);
                    } else {
                        write(0);
                    }
                }
                case Leaving _,Abandoned _ -> leave(0);
                case Refetching refetching -> reopen(refetching);
                case Verifying _ -> check();
                case Whole _ -> take(new TransferEvent.Named());
                case Final _ -> {
                }
            }
        }

        private void join() {
            boolean mayJoin = state instanceof Transferring now && !isWhole()
                    && (!now.attempt().isOneStream() || workers.isEmpty());
            if (mayJoin && state instanceof Transferring now) {
                workers.add(new Worker(now.attempt().number(), stored));
                take(new TransferEvent.Joined());
            }
        }

        /** A worker writes a part, late or not; where the store pins versions it notices that it changed. */
        private void write(int which) {
            if (workers.isEmpty()) {
                return;
            }
            Worker worker = workers.get(which % workers.size());
            int version = isStream() ? worker.version() : stored;
            if (isPinned && version != LISTED) {
                take(new TransferEvent.Voided(worker.attempt(), Cause.CHANGED, why()));
                return;
            }
            for (int part = 0; part < PARTS; part++) {
                if (parts[part] == NOTHING) {
                    parts[part] = version;
                    return;
                }
            }
        }

        private void voided(int which) {
            if (!workers.isEmpty()) {
                int attempt = workers.get(which % workers.size()).attempt();
                Cause cause = which % 2 == 0 ? Cause.CHANGED : Cause.RANGE_IGNORED;
                take(new TransferEvent.Voided(attempt, cause, why()));
            }
        }

        private void breakOff(int which) {
            if (!workers.isEmpty() && isStream()) {
                take(new TransferEvent.Voided(workers.get(which % workers.size()).attempt(), Cause.STREAM_BROKEN,
                        why()));
            }
        }

        private void breakOffUnlessWhole() {
            if (Arrays.stream(parts).anyMatch(part -> part != NOTHING) && !isWhole()) {
                breakOff(0);
            }
        }

        private boolean isStream() {
            return state instanceof Transferring now && now.attempt().isOneStream();
        }

        private void leave(int which) {
            if (!workers.isEmpty()) {
                // A stream that has begun is not gone on with by another worker.
                breakOffUnlessWhole();
                workers.remove(which % workers.size());
                take(new TransferEvent.Left(isWhole()));
            }
        }

        private void reopen(Refetching refetching) {
            assertThat(workers).as("a late byte could fall into what comes now: %s", past).isEmpty();
            Statistics.label("causes").collect(refetching.cause());
            if (refetching.cause() == Cause.CHANGED) {
                // What neither a tag nor a digest names cannot be known to be the same.
                boolean isSame = stored == LISTED && (isPinned || isPromised);
                take(isSame ? new TransferEvent.Reopened(isWhole()) : new TransferEvent.GivenUp(why()));
            } else {
                parts = empty();
                take(new TransferEvent.Reopened(false));
            }
        }

        private void check() {
            assertThat(workers).as("a worker writes while it is verified: %s", past).isEmpty();
            boolean isRight = Arrays.stream(parts).allMatch(part -> part == LISTED);
            Proof proof = isPromised ? isRight ? Proof.DIGEST : Proof.WRONG : Proof.SIZE;
            take(new TransferEvent.Checked(proof, why()));
        }

        private void take(TransferEvent event) {
            TransferState before = state;
            state = before.after(event);
            past.add(event + " -> " + state.getClass().getSimpleName());
            Statistics.label("states").collect(state.getClass().getSimpleName());
            assertThat(TransferMachinePropertyTest.workers(state)).as("workers: %s", past)
                    .isEqualTo(state instanceof Final ? 0 : workers.size());
            if (state instanceof Final && !(before instanceof Final)) {
                endings++;
                assertThat(workers).as("over, and a worker is on it: %s", past).isEmpty();
            }
            if (state instanceof Published && !(before instanceof Published)) {
                assertThat(isWhole()).as("published before it was whole: %s", past).isTrue();
                assertThat(Arrays.stream(parts).distinct().count()).as("two versions in one file: %s", past)
                        .isEqualTo(1);
                if (isPinned || isPromised) {
                    assertThat(parts).as("not the version that was listed: %s", past).containsOnly(LISTED);
                }
            }
        }
    }

    @Provide
    static Arbitrary<List<Integer>> choices() {
        return Arbitraries.integers().between(1, MOST_CHOICES).list().ofMaxSize(60);
    }

    @Provide
    static Arbitrary<List<TransferEvent>> events() {
        return Arbitraries.of(all()).list().ofMaxSize(40);
    }

    private static List<TransferEvent> all() {
        List<TransferEvent> all = new ArrayList<>(List.of(new TransferEvent.Opened(false),
                new TransferEvent.Opened(true), new TransferEvent.Joined(), new TransferEvent.Left(false),
                new TransferEvent.Left(true), new TransferEvent.Reopened(false), new TransferEvent.Reopened(true),
                new TransferEvent.Named(), new TransferEvent.GivenUp(why())));
        for (Proof proof : Proof.values()) {
            all.add(new TransferEvent.Checked(proof, why()));
        }
        for (Cause cause : Cause.values()) {
            for (int attempt = 0; attempt < 3; attempt++) {
                all.add(new TransferEvent.Voided(attempt, cause, why()));
            }
        }
        return all;
    }
}
