// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.time.Duration;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.metadata.SupervisedLoop.Next;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.poll.NoticeReader;
import dev.lastcall.metadata.poll.PathPoll;
import dev.lastcall.metadata.poll.PollSchedule;
import dev.lastcall.metadata.poll.PollingSource;
import dev.lastcall.metadata.poll.SourceLoops;
import org.jspecify.annotations.Nullable;

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
    private final Role role;
    private final String key;
    private final GceServer server;
    private final boolean absentIsNo;
    private final NoticeReader reader;
    private final GcpSettings.Hanging hanging;
    private final NodeClock clock;
    private final RandomGenerator random;
    private final SourceLoops loops;
    private String etag = ""; // of the watching loop, as are those below
    private int failures;
    private int quick;
    private boolean guarded; // of the watchdog's loop: its first look comes one interval after the watching one's
    private volatile @Nullable SupervisedLoop guard;

    /**
     * A watcher that has not begun.
     *
     * @param absentIsNo whether a 404 is a definite no, or means that the key is hidden from us
     */
    KeyWatcher(String name, Role role, String key, GceServer server, boolean absentIsNo, NoticeReader reader,
            GcpSettings.Hanging hanging,
            NodeClock clock, RandomGenerator random) {
        this.name = name;
        this.role = role;
        this.key = key;
        this.server = server;
        this.absentIsNo = absentIsNo;
        this.reader = reader;
        this.hanging = hanging;
        this.clock = clock;
        this.loops = new SourceLoops(name);
        this.random = random;
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
    public Role role() {
        return role;
    }

    @Override
    public void start(ObservationSink sink) {
        SupervisedLoop watching = new SupervisedLoop("source-" + name, clock, sink.loops(), () -> watch(sink));
        PollSchedule schedule = new PollSchedule(hanging::watchdog, random);
        guard = new SupervisedLoop("source-" + name + "-watchdog", clock, sink.loops(), () -> guard(sink, schedule));
        loops.start(watching, guard);
    }

    private Next watch(ObservationSink sink) throws InterruptedException {
        long started = clock.nanoTime();
        boolean held = !etag.isEmpty();
        MetadataAnswer[] heard = new MetadataAnswer[1];
        String last = etag;
        etag = "";
        Observation seen = PollingSource.observe(sink, name, () -> {
            MetadataAnswer answer = held
                    ? server.await(key, last, hanging.held(), hanging.total())
                    : server.get(key);
            heard[0] = answer;
            return read(answer);
        });
        if (seen instanceof Observation.Unknown unknown) {
            // A held request that breaks, and an answer not understood, call for a plain read at once; but only once.
            boolean atOnce = failures++ == 0
                    && (held || unknown.problem().kind() == MetadataProblem.Kind.MALFORMED);
            return atOnce ? Next.after(Duration.ZERO) : Next.after(pause());
        }
        failures = 0;
        etag = heard[0] instanceof MetadataAnswer.Response response ? response.header("ETag") : "";
        long pauseEnd = started + pause().toNanos();
        quick = held && pauseEnd - clock.nanoTime() > 0 ? quick + 1 : 0;
        return etag.isEmpty() || quick > QUICK_ANSWERS ? new Next.At(pauseEnd) : Next.after(Duration.ZERO);
    }

    private Next guard(ObservationSink sink, PollSchedule schedule) throws InterruptedException {
        long started = clock.nanoTime();
        Observation seen = guarded
                ? PollingSource.observe(sink, name, () -> read(server.get(key)))
                : Observation.ABSENT;
        guarded = true;
        return new Next.At(schedule.next(started, clock.nanoTime(), seen));
    }

    private Observation read(MetadataAnswer answer) {
        if (absentIsNo && answer instanceof MetadataAnswer.Response response && response.status() == 404) {
            reader.absent();
            return Observation.ABSENT;
        }
        return PathPoll.read(answer, failed -> server.explain(key, failed), reader);
    }

    private Duration pause() {
        return PollSchedule.jittered(hanging.retry(), random);
    }

    /** The held request goes on; a plain read beside it gets the present value at once. */
    @Override
    public void lookNow() {
        SupervisedLoop beside = guard;
        if (beside != null) {
            beside.wake();
        }
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
