// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.poll.Poll;
import dev.lastcall.metadata.poll.PollSchedule;
import dev.lastcall.metadata.poll.PollingSource;
import dev.lastcall.metadata.time.AnswerTime;
import dev.lastcall.metadata.time.CalculatedDeadline;
import dev.lastcall.metadata.time.DeadlineCalculator;

/** Looks for a file; that it is there is the notice, whatever is in it. */
public final class FileNotice implements Poll {

    /** How much of the file is read for a time in its first line. */
    private static final int READ_BYTES = 256;

    private final FileSettings settings;
    private final NoticeKey key;
    private final NodeClock clock;
    private final DeadlineCalculator deadlineCalculator = new DeadlineCalculator();

    private FileNotice(FileSettings settings, NodeClock clock) {
        this.settings = settings;
        this.key = NoticeKey.of(settings.name(), NoticeKind.EXTERNAL);
        this.clock = clock;
    }

    /** The source of such notices, not yet started. */
    public static NoticeSource source(FileSettings settings, NodeClock clock, RandomGenerator random) {
        return new PollingSource(settings.name(), NoticeSource.Role.SUPPORTING, new FileNotice(settings, clock),
                new PollSchedule(settings::poll, random), clock);
    }

    @Override
    public Observation look() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(settings.path(), BasicFileAttributes.class);
            Optional<Instant> time = attributes.isRegularFile() ? time() : Optional.empty();
            AnswerTime now = AnswerTime.now(clock);
            CalculatedDeadline calculatedDeadline = time.isPresent()
                    ? deadlineCalculator.calculate("file", time.get(), now, settings.window())
                    : deadlineCalculator.calculateWindow("file", now, settings.window(),
                            "no time, " + settings.window().toSeconds() + " s assumed");
            String said = settings.path() + " is there";
            return Observation.of(List.of(calculatedDeadline.notice(key, Finality.FINAL, said)));
        } catch (NoSuchFileException absent) {
            deadlineCalculator.keepWindows(Set.of());
            return Observation.ABSENT;
        } catch (AccessDeniedException e) {
            return new Observation.Unknown(
                    new MetadataProblem(Kind.DENIED, settings.path() + ": no permission to look"));
        } catch (IOException e) {
            return new Observation.Unknown(new MetadataProblem(Kind.UNREACHABLE, settings.path() + ": " + e));
        }
    }

    /** The time in the first line; empty where there is none, or the file, which may belong to another user, cannot be read. */
    private Optional<Instant> time() {
        try (InputStream in = Files.newInputStream(settings.path())) {
            String text = new String(in.readNBytes(READ_BYTES), StandardCharsets.UTF_8);
            return text.lines().findFirst().flatMap(line -> NoticeTimeFormat.USUAL.parse(line.strip()));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
