// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.time.Duration;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.SupervisedLoop;

/** A source that looks, reports and waits, for ever, in a {@link SupervisedLoop} of its own; the first look at once. */
public final class PollingSource implements NoticeSource {

    private final String name;
    private final Role role;
    private final Poll poll;
    private final PollSchedule schedule;
    private final NodeClock clock;
    private final SourceLoops loops;

    /** A source that has not begun. */
    public PollingSource(String name, Role role, Poll poll, PollSchedule schedule, NodeClock clock) {
        this.name = name;
        this.role = role;
        this.poll = poll;
        this.schedule = schedule;
        this.clock = clock;
        this.loops = new SourceLoops(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Role role() {
        return role;
    }

    @Override
    public Duration lookInterval() {
        return schedule.interval();
    }

    @Override
    public void start(ObservationSink sink) {
        loops.start(new SupervisedLoop("source-" + name, clock, sink.loops(), () -> {
            long started = clock.nanoTime();
            Observation seen = observe(sink, name, poll);
            return new SupervisedLoop.Next.At(schedule.next(started, clock.nanoTime(), seen));
        }));
    }

    /**
     * One look, reported. A fault of the look is a failed look for the board, and goes on to the loop, which reports it.
     *
     * @throws InterruptedException if the source was closed or woken meanwhile; nothing is reported then
     */
    public static Observation observe(ObservationSink sink, String name, Poll poll) throws InterruptedException {
        Observation seen;
        try {
            seen = poll.look();
        } catch (RuntimeException | Error fault) {
            sink.observe(name, new Observation.Unknown(
                    new MetadataProblem(MetadataProblem.Kind.MALFORMED, "the look itself failed: " + fault)));
            throw fault;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            sink.observe(name, seen);
        } catch (RuntimeException fault) {
            sink.observe(name, new Observation.Unknown(
                    new MetadataProblem(MetadataProblem.Kind.MALFORMED, "the report itself was at fault: " + fault)));
            throw fault;
        }
        return seen;
    }

    @Override
    public void lookNow() {
        loops.wake();
    }

    @Override
    public boolean isRunning() {
        return loops.areRunning();
    }

    @Override
    public void close() {
        loops.close();
    }
}
