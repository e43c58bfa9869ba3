// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.atomic.LongAdder;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.store.RemoteFile;
import org.jspecify.annotations.Nullable;

/**
 * One file during a fetch. Its fields are guarded by the {@link Schedule}, but for the counters.
 *
 * <p>A file that must start over (its bytes were wrong, its server ignores ranges) first waits until no worker
 * is on it any more: so no late byte of what was before can fall into what comes now.
 */
final class FileFetch {

    /** Why a file starts over. */
    enum Restart {
        NONE, CHANGED, RANGE_IGNORED, STREAM_BROKEN, CORRUPT
    }

    final RemoteFile listed;
    final Path partialPath;
    volatile RemoteFile file;
    volatile PartialFile partial;
    BitSet unassigned;
    int workers;
    volatile int epoch;
    Restart restart = Restart.NONE;
    int changes;
    @Nullable
    Failure changeSeen;
    boolean wasCorrupt;
    int brokenStreams;
    volatile boolean isHandedOver;
    boolean isPublished;

    final TrailingHash hash = new TrailingHash();

    /** Bytes in place or being put in place, of this version of the file. */
    final LongAdder bytes = new LongAdder();

    FileFetch(Path partialPath, RemoteFile file, PartialFile partial) {
        this.listed = file;
        this.partialPath = partialPath;
        this.file = file;
        this.partial = partial;
        this.unassigned = partial.missing();
        this.bytes.add(partial.doneBytes());
    }

    /** Starts over with an empty partial file. */
    void begin(RemoteFile now, PartialFile empty) {
        file = now;
        partial = empty;
        unassigned = empty.missing();
        restart = Restart.NONE;
        isHandedOver = false;
        bytes.reset();
    }

    /** Goes on with what is there, of a file that proved to be the same. */
    void goOn(RemoteFile now) {
        file = now;
        unassigned = partial.missing();
        restart = Restart.NONE;
        isHandedOver = false;
    }
}
