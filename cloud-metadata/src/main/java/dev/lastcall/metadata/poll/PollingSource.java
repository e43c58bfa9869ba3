// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.time.Duration;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;

/** A source that looks, reports and waits, for ever, on a virtual thread of its own; the first look at once. */
public final class PollingSource implements NoticeSource {

    private final String name;
    private final Look look;
    private final PollSchedule schedule;
    private final NodeClock clock;
    private final SourceThread thread;

    /** A source that has not begun. */
    public PollingSource(String name, Look look, PollSchedule schedule, NodeClock clock) {
        this.name = name;
        this.look = look;
        this.schedule = schedule;
        this.clock = clock;
        this.thread = new SourceThread(name);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Duration lookInterval() {
        return schedule.interval();
    }

    @Override
    public void start(ObservationSink sink) {
        thread.start(() -> {
            while (true) {
                long started = clock.nanoTime();
                Observation seen = look(look);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                report(sink, name, seen);
                clock.sleepUntil(schedule.next(started, clock.nanoTime(), seen));
            }
        });
    }

    /** One look; a bug in it is a failed look and not the end of the source. */
    public static Observation look(Look look) throws InterruptedException {
        try {
            return look.look();
        } catch (RuntimeException e) {
            return new Observation.Unknown(
                    new MetadataProblem(MetadataProblem.Kind.MALFORMED, "the look itself failed: " + e));
        }
    }

    /** Reports, and lives on where the sink finds the report at fault. */
    public static void report(ObservationSink sink, String name, Observation seen) {
        try {
            sink.observe(name, seen);
        } catch (RuntimeException e) {
            sink.observe(name, new Observation.Unknown(
                    new MetadataProblem(MetadataProblem.Kind.MALFORMED, "the report itself was at fault: " + e)));
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
