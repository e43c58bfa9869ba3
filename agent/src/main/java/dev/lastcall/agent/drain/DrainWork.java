// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.lastcall.agent.server.CutScope;
import dev.lastcall.agent.server.HealthReading;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.NodeClock;

/**
 * What a drain does that may take time: each piece on a thread of its own, so that no other piece waits for one that hangs.
 * Readings and looks are taken on virtual threads; the few actions get platform threads, which start even when calls
 * that hang hold every virtual thread's carrier. Thread-safe; its methods return at once.
 */
final class DrainWork {

    /** Longest single reading. A server too busy to answer within it is busy. */
    static final Duration READ_BOUND = Duration.ofSeconds(2);

    /** Between readings of a gate's own count, which cost nothing. */
    static final Duration EXACT_INTERVAL = Duration.ofMillis(50);

    /** Between readings of a server's gauges, which cost it a scrape. */
    static final Duration GAUGE_INTERVAL = Duration.ofMillis(500);

    /** Between looks at whether the process is gone, before and after it was asked to stop. */
    static final Duration WATCH_INTERVAL = Duration.ofMillis(500);

    static final Duration STOPPING_WATCH_INTERVAL = Duration.ofMillis(50);

    /** Even when time is up a call is given this long. */
    static final Duration LEAST_BOUND = Duration.ofMillis(200);

    /** Where a stalled agent finds several actions due at once, each has this long before the next begins. */
    static final Duration CATCHING_UP = Duration.ofMillis(250);

    /** Longest look whether anything listens at the server's address. */
    static final Duration LISTEN_BOUND = Duration.ofSeconds(1);

    /** After the last process of a stopped server is gone its port is closed, unless another holds it too. */
    static final Duration PORT_BOUND = Duration.ofSeconds(2);

    /** Longest wait for an answer of a server that may have been started again. */
    static final Duration ANSWER_BOUND = Duration.ofSeconds(2);

    /** Between looks whether a stopped server answers again: at first, and at last. */
    static final Duration FIRST_ANSWER_LOOK = Duration.ofSeconds(1);

    static final Duration LAST_ANSWER_LOOK = Duration.ofSeconds(10);

    /** One answer may be the last of a server that goes. */
    private static final int ANSWERS_NEEDED = 2;

    /** Several servers of a node are not asked in step: a delay grows by up to this part of itself. */
    private static final int JITTER_SHARE = 5;

    /** Longest run of a restart command. */
    static final Duration RESTART_BOUND = Duration.ofMinutes(1);

    private final InferenceServer server;
    private final boolean pretends;
    private final NodeClock clock;

    /** Calls to stop the server that have not come back: what they report belongs into the record before it is closed. */
    private final AtomicInteger terminating = new AtomicInteger();

    /** @param pretends whether the server is not really stopped */
    DrainWork(InferenceServer server, boolean pretends, NodeClock clock) {
        this.server = server;
        this.pretends = pretends;
        this.clock = clock;
    }

    /** Takes what comes of the work, on the threads that did it. */
    interface Results {
        void cut(int count);

        void killed(Stopper.Outcome outcome);

        /** How far a cut may reach. */
        CutScope cutScope();

        void problem(String what);
    }

    /** Takes one reading after the other for as long as {@code going}, and one right at {@code settled}. */
    void readWhile(BooleanSupplier going, long settled, BiConsumer<InFlight, Long> sink) {
        start(Thread.ofVirtual(), "read", () -> {
            while (going.getAsBoolean()) {
                long begun = clock.nanoTime();
                InFlight reading = read();
                sink.accept(reading, begun);
                Duration interval = reading instanceof InFlight.Exact ? EXACT_INTERVAL : GAUGE_INTERVAL;
                long now = clock.nanoTime();
                long next = now + interval.toNanos();
                clock.sleepUntil(settled - now > 0 && settled - next < 0 ? settled : next);
            }
        });
    }

    private InFlight read() {
        try {
            return server.probe().read(READ_BOUND);
        } catch (RuntimeException e) {
            return new InFlight.Unclear("the probe failed: " + e);
        }
    }

    /**
     * Looks whether the process is gone for as long as {@code going}, more often once it is stopping. Before it was asked to
     * stop, one whose address is still served is not gone: it may have another process by now.
     *
     * @param gone takes a reading of what is in flight then
     * @param problem takes what goes wrong with the stop, before {@code gone} ends the record
     */
    void watchWhile(BooleanSupplier going, BooleanSupplier stopping, Consumer<InFlight> gone,
            Consumer<String> problem) {
        start(Thread.ofVirtual(), "watch", () -> {
            boolean wrongProcess = false;
            OptionalLong goneSince = OptionalLong.empty();
            while (going.getAsBoolean()) {
                boolean stopSent = stopping.getAsBoolean();
                if (isGone() && !(stopSent && terminating.get() > 0)) {
                    boolean listens = !(stopSent && pretends) && listens();
                    goneSince = stopSent && goneSince.isEmpty() ? OptionalLong.of(clock.nanoTime()) : goneSince;
                    if (stopSent && listens && !wrongProcess && hasTimeToClose(goneSince.getAsLong())) {
                        clock.sleep(STOPPING_WATCH_INTERVAL);
                        continue;
                    }
                    if (stopSent) {
                        if (listens) {
                            problem.accept(wrongProcess
                                    ? "the process to stop was gone, but the server still listens: nothing was stopped; "
                                            + "correct servers[].stop"
                                    : "the server's processes are gone, but its port is still served: another process holds it");
                        }
                        gone.accept(new InFlight.Unclear("the server has been asked to stop"));
                    } else if (!listens) {
                        gone.accept(read());
                    }
                    wrongProcess = listens;
                }
                long until = clock.nanoTime() + WATCH_INTERVAL.toNanos();
                do {
                    clock.sleep(STOPPING_WATCH_INTERVAL);
                } while (!stopping.getAsBoolean() && clock.nanoTime() - until < 0);
            }
        });
    }

    private boolean hasTimeToClose(long goneSince) {
        return clock.nanoTime() - goneSince < PORT_BOUND.toNanos();
    }

    private boolean isGone() {
        try {
            return server.stopper().isGone();
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Looks whether the server answers again for as long as {@code going}, less and less often. */
    void awaitAnswers(BooleanSupplier going, Runnable answering) {
        start(Thread.ofVirtual(), "answers", () -> {
            int inARow = 0;
            Duration delay = FIRST_ANSWER_LOOK;
            while (going.getAsBoolean()) {
                clock.sleep(inARow > 0 ? FIRST_ANSWER_LOOK : jittered(delay));
                inARow = answers(ANSWER_BOUND) ? inARow + 1 : 0;
                if (inARow >= ANSWERS_NEEDED) {
                    answering.run();
                }
                Duration longer = delay.multipliedBy(3).dividedBy(2);
                delay = longer.compareTo(LAST_ANSWER_LOOK) < 0 ? longer : LAST_ANSWER_LOOK;
            }
        });
    }

    /** Whether the server serves requests now. */
    boolean answers(Duration bound) {
        return health(bound) instanceof HealthReading.Answered;
    }

    private boolean listens() {
        return !(health(LISTEN_BOUND) instanceof HealthReading.Unreachable);
    }

    private HealthReading health(Duration bound) {
        try {
            return server.health().read(bound);
        } catch (RuntimeException e) {
            return new HealthReading.Silent("the probe failed: " + e);
        }
    }

    private static Duration jittered(Duration delay) {
        return delay.plusMillis(ThreadLocalRandom.current().nextLong(delay.toMillis() / JITTER_SHARE + 1));
    }

    /** Has the door do what else it does at a notice. */
    void onNotice(DrainSchedule schedule, Consumer<String> problem) {
        start(Thread.ofPlatform().daemon(), "notice", () -> {
            try {
                Duration left = schedule.deadline().remaining(clock);
                failure(server.door().onNotice(left, boundTo(schedule.killAt())),
                        reason -> problem.accept("the door's command failed: " + reason));
            } catch (RuntimeException e) {
                problem.accept("the door's command failed: " + e);
            }
        });
    }

    /** Does what takes time among the actions, in their order. */
    void perform(List<DrainAction> actions, Results results) {
        List<DrainAction> lasting = actions.stream().filter(DrainWork::takesTime).toList();
        if (lasting.isEmpty()) {
            return;
        }
        terminating.addAndGet((int) lasting.stream().filter(DrainAction.Terminate.class::isInstance).count());
        start(Thread.ofPlatform().daemon(), "act", () -> {
            for (DrainAction action : lasting) {
                Thread thread = start(Thread.ofPlatform().daemon(), "call", () -> perform(action, results));
                if (lasting.size() > 1) {
                    thread.join(CATCHING_UP);
                }
            }
        });
    }

    private static boolean takesTime(DrainAction action) {
        return switch (action) {
            case DrainAction.AnnounceClosing _,DrainAction.RefuseConnections _,DrainAction.CloseDoor _,DrainAction.OpenDoor _ ->
                false;
            case DrainAction.Cut _,DrainAction.Terminate _,DrainAction.Kill _,DrainAction.Restart _ -> true;
        };
    }

    private void perform(DrainAction action, Results results) {
        try {
            switch (action) {
                case DrainAction.Cut(long until) ->
                    results.cut(server.cutter().cut(boundTo(until), results.cutScope()));
                case DrainAction.Terminate(long until) -> terminate(until, results);
                case DrainAction.Kill(long until) -> {
                    server.stopper().remains().ifPresent(results::problem);
                    Stopper.Outcome outcome = server.stopper().kill(boundTo(until));
                    failure(outcome, reason -> results.problem("the server could not be killed: " + reason));
                    results.killed(outcome);
                }
                case DrainAction.Restart _ -> {
                    Stopper.Outcome outcome = server.restarter().restart(RESTART_BOUND);
                    failure(outcome, reason -> results.problem("the server was not brought back: " + reason));
                }
                case DrainAction.AnnounceClosing _,DrainAction.RefuseConnections _,DrainAction.CloseDoor _,DrainAction.OpenDoor _ ->
                    {
                    }
            }
        } catch (RuntimeException e) {
            results.problem(action.getClass().getSimpleName() + " failed: " + e);
        }
    }

    private void terminate(long until, Results results) {
        try {
            failure(server.stopper().terminate(boundTo(until)),
                    reason -> results.problem("the server could not be asked to stop: " + reason));
        } finally {
            terminating.decrementAndGet();
        }
    }

    private static void failure(Stopper.Outcome outcome, Consumer<String> sink) {
        if (outcome instanceof Stopper.Outcome.Failed(String reason)) {
            sink.accept(reason);
        }
    }

    private Duration boundTo(long until) {
        return Duration.ofNanos(Math.max(until - clock.nanoTime(), LEAST_BOUND.toNanos()));
    }

    private Thread start(Thread.Builder builder, String what, Interruptible body) {
        return builder.name("drain-" + server.name() + "-" + what).start(() -> {
            try {
                body.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private interface Interruptible {
        void run() throws InterruptedException;
    }
}
