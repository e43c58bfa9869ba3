// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.poll.Poll;
import dev.lastcall.metadata.poll.PollSchedule;
import dev.lastcall.metadata.poll.PollingSource;
import dev.lastcall.metadata.time.BootTime;
import org.jspecify.annotations.Nullable;

/**
 * Announces an end that is known beforehand: published from the start, final at its lead.
 *
 * <p>An instant of the calendar is calculated again at each look, so that a host clock which is set right after boot sets the
 * deadline right; once the lead has begun it no longer moves. An end that was over at the first look is only published: the node
 * has outlived it, so the configuration is of another node or another day.
 */
public final class FixedEnd implements Poll {

    /** How often the calendar is compared; short against any lead. */
    private static final Duration POLL = Duration.ofSeconds(10);

    /** The calendar's reach: an end further off is cut; it is calculated again long before. */
    private static final Duration MOST = Duration.ofDays(366);

    private final FixedEndSettings settings;
    private final NoticeKey key;
    private final Path root;
    private final NodeClock clock;
    private @Nullable Deadline deadline;
    private boolean outlived;

    private FixedEnd(FixedEndSettings settings, Path root, NodeClock clock) {
        this.settings = settings;
        this.key = NoticeKey.of(settings.name(), NoticeKind.END_OF_LIFE);
        this.root = root;
        this.clock = clock;
    }

    /**
     * The source of such a notice, not yet started.
     *
     * @param root the file system's root, where {@code proc/uptime} is
     */
    public static NoticeSource source(FixedEndSettings settings, Path root, NodeClock clock, RandomGenerator random) {
        return new PollingSource(settings.name(), NoticeSource.Role.SUPPORTING, new FixedEnd(settings, root, clock),
                new PollSchedule(() -> POLL, random), clock);
    }

    @Override
    public Observation look() {
        Deadline before = deadline;
        boolean isFixed = before != null && before.minus(settings.lead()).hasPassed(clock);
        Deadline now = before;
        if (!isFixed || before == null) {
            Optional<Deadline> calculated = calculate();
            if (calculated.isEmpty()) {
                return new Observation.Unknown(new MetadataProblem(MetadataProblem.Kind.UNREACHABLE,
                        root.resolve("proc/uptime") + " cannot be read, so the age of the machine is unknown"));
            }
            now = calculated.get();
            outlived = before == null && now.hasPassed(clock);
            deadline = now;
        }
        String said = switch (settings.end()) {
            case FixedEndSettings.End.At at -> "this node ends at " + at.time();
            case FixedEndSettings.End.AtAge age -> "this node ends at the age of " + age.age();
        };
        Notice notice = outlived
                ? new Notice(key, Finality.ADVISORY, null, said + ", which it has outlived: set it right")
                : new Notice(key, new Finality.FinalBefore(settings.lead()), now, said);
        return Observation.of(List.of(notice));
    }

    private Optional<Deadline> calculate() {
        return switch (settings.end()) {
            case FixedEndSettings.End.At at -> {
                Duration left = Duration.between(clock.wallTime(), at.time());
                Duration bounded = left.compareTo(MOST) > 0 ? MOST : left.isNegative() ? Duration.ZERO : left;
                yield Optional.of(Deadline.in(bounded, clock));
            }
            case FixedEndSettings.End.AtAge age -> {
                OptionalLong boot = BootTime.nanos(root, clock);
                yield boot.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Deadline(boot.getAsLong() + age.age().toNanos()));
            }
        };
    }
}
