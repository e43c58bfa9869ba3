// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.lastcall.warmup.retry.Pause;
import dev.lastcall.warmup.store.Validator;

/**
 * What distinguishes one version of a file of a folder from another.
 *
 * @param sizeBytes its size
 * @param modified its time of modification, which the program that replaces it may set
 * @param changed its time of change, which is always that of the replacing; the time of modification where the file system
 *     has none. Not part of the lasting name, since a backup by hard links moves it too
 * @param validator the lasting name of the version
 */
record FileStamp(long sizeBytes, FileTime modified, FileTime changed, Validator validator) {

    /** Kernels count the times of files in ticks: two writes in one of them look alike. */
    private static final Duration TICK = Duration.ofMillis(20);

    /** File systems without fractions of seconds; FAT has two-second steps. */
    private static final Duration COARSE_TICK = Duration.ofSeconds(2);

    private static final int MOST_LOOKS = 5;

    /** As it is now. */
    static FileStamp of(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
                LinkOption.NOFOLLOW_LINKS);
        return new FileStamp(attributes.size(), attributes.lastModifiedTime(),
                changed(path, attributes.lastModifiedTime()),
                new Validator.Modified(attributes.lastModifiedTime().toInstant().toString()));
    }

    private static FileTime changed(Path path, FileTime otherwise) throws IOException {
        try {
            return Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS) instanceof FileTime time
                    ? time
                    : otherwise;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return otherwise;
        }
    }

    /**
     * As it is when its times have become old enough to tell a later version apart: a file that was written in this very
     * tick can be written again in it.
     */
    static FileStamp settled(Path path) throws IOException, InterruptedException {
        FileStamp stamp = of(path);
        for (int look = 1; look < MOST_LOOKS && stamp.isFresh(Instant.now()); look++) {
            Pause.of(stamp.tick());
            stamp = of(path);
        }
        return stamp;
    }

    private boolean isFresh(Instant now) {
        Instant latest = modified.compareTo(changed) > 0 ? modified.toInstant() : changed.toInstant();
        // A time far ahead is another host's clock, or a whim: waiting would not help.
        return Duration.between(latest, now).abs().compareTo(tick()) < 0;
    }

    private Duration tick() {
        return isWholeSecond(modified) && isWholeSecond(changed) ? COARSE_TICK : TICK;
    }

    private static boolean isWholeSecond(FileTime time) {
        Instant instant = time.toInstant();
        return instant.equals(instant.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Whether nothing happened to the file in between. */
    boolean isSameAs(FileStamp other) {
        return sizeBytes == other.sizeBytes && modified.equals(other.modified) && changed.equals(other.changed);
    }

    /**
     * The name of what is there now, after an earlier look of the same process: what was replaced by something of the same
     * size and time is another version all the same.
     */
    FileStamp after(FileStamp now) {
        boolean isDisguised = sizeBytes == now.sizeBytes && modified.equals(now.modified)
                && !changed.equals(now.changed);
        if (isDisguised) {
            return new FileStamp(now.sizeBytes, now.modified, now.changed,
                    new Validator.Modified(now.modified.toInstant() + " changed " + now.changed.toInstant()));
        }
        return isSameAs(now) ? this : now;
    }
}
