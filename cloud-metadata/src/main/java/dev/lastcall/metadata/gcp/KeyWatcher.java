// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.time.Duration;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.poll.Look;
import dev.lastcall.metadata.poll.NoticeReader;
import dev.lastcall.metadata.poll.PathLook;
import dev.lastcall.metadata.poll.PollSchedule;
import dev.lastcall.metadata.poll.PollingSource;
import dev.lastcall.metadata.poll.SourceThread;

/**
 * Watches one key: reads it, then asks the server to hold the next request until it changes, and so on.
 *
 * <ul>
 * <li>The first read is plain, and every held request names the last ETag, so that a change between two requests is seen.
 * <li>A held request that breaks is followed by a plain read at once; further failures by a pause.
 * <li>Without an ETag, or where the server answers at once again and again, the key is polled.
 * <li>A watchdog of its own reads the key plainly all the while: a held request can be dead for as long as its bound.
 * </ul>
 */
public final class KeyWatcher implements NoticeSource {

    /** Answers to held requests in a row that may come at once before the server is taken not to hold. */
    private static final int QUICK_ANSWERS = 2;

    private final String name;
    private final String key;
    private final GceServer server;
    private final boolean absentIsNo;
    private final NoticeReader reader;
    private final GcpSettings.Hanging hanging;
    private final NodeClock clock;
    private final RandomGenerator random;
    private final SourceThread watching;
    private final SourceThread guarding;

    /**
     * A watcher that has not begun.
     *
     * @param absentIsNo whether a 404 is a definite no, or means that the key is hidden from us
     */
    KeyWatcher(String name, String key, GceServer server, boolean absentIsNo, NoticeReader reader,
            GcpSettings.Hanging hanging,
            NodeClock clock, RandomGenerator random) {
        this.name = name;
        this.key = key;
        this.server = server;
        this.absentIsNo = absentIsNo;
        this.reader = reader;
        this.hanging = hanging;
        this.clock = clock;
        this.random = random;
        this.watching = new SourceThread(name);
        this.guarding = new SourceThread(name + "-watchdog");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Duration lookInterval() {
        return hanging.watchdog();
    }

    @Override
    public void start(ObservationSink sink) {
        watching.start(() -> watch(sink));
        guarding.start(() -> guard(sink));
    }

    private void watch(ObservationSink sink) throws InterruptedException {
        String etag = "";
        int failures = 0;
        int quick = 0;
        while (true) {
            long started = clock.nanoTime();
            boolean held = !etag.isEmpty();
            MetadataAnswer answer = held ? server.await(key, etag, hanging.held(), hanging.total()) : server.get(key);
            Observation seen = report(sink, () -> read(answer));
            long pauseEnd = started + pause().toNanos();
            if (seen instanceof Observation.Unknown unknown) {
                etag = "";
                // A held request that breaks, and an answer not understood, call for a plain read at once; but only once.
                boolean atOnce = failures++ == 0
                        && (held || unknown.problem().kind() == MetadataProblem.Kind.MALFORMED);
                if (!atOnce) {
                    clock.sleepUntil(clock.nanoTime() + pause().toNanos());
                }
                continue;
            }
            failures = 0;
            etag = answer instanceof MetadataAnswer.Response response ? response.header("ETag") : "";
            quick = held && pauseEnd - clock.nanoTime() > 0 ? quick + 1 : 0;
            if (etag.isEmpty() || quick > QUICK_ANSWERS) {
                clock.sleepUntil(pauseEnd);
            }
        }
    }

    private void guard(ObservationSink sink) throws InterruptedException {
        PollSchedule schedule = new PollSchedule(hanging::watchdog, random);
        Observation seen = Observation.ABSENT;
        for (long started = clock.nanoTime();; started = clock.nanoTime()) {
            clock.sleepUntil(schedule.next(started, clock.nanoTime(), seen));
            seen = report(sink, () -> read(server.get(key)));
        }
    }

    private Observation report(ObservationSink sink, Look look) throws InterruptedException {
        Observation seen = PollingSource.look(look);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        PollingSource.report(sink, name, seen);
        return seen;
    }

    private Observation read(MetadataAnswer answer) {
        if (absentIsNo && answer instanceof MetadataAnswer.Response response && response.status() == 404) {
            reader.absent();
            return Observation.ABSENT;
        }
        return PathLook.read(answer, failed -> server.explain(key, failed), reader);
    }

    private Duration pause() {
        return PollSchedule.jittered(hanging.retry(), random);
    }

    @Override
    public void close() {
        guarding.end();
        watching.close();
        guarding.close();
    }
}
