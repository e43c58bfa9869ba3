// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.atomic.LongAdder;

import dev.lastcall.warmup.fetch.TransferState.Abandoned;
import dev.lastcall.warmup.fetch.TransferState.Attempt;
import dev.lastcall.warmup.fetch.TransferState.Final;
import dev.lastcall.warmup.fetch.TransferState.Leaving;
import dev.lastcall.warmup.fetch.TransferState.Planned;
import dev.lastcall.warmup.fetch.TransferState.Refetching;
import dev.lastcall.warmup.fetch.TransferState.Transferring;
import dev.lastcall.warmup.fetch.TransferState.Verifying;
import dev.lastcall.warmup.fetch.TransferState.Whole;
import dev.lastcall.warmup.store.RemoteFile;

/**
 * One file during a fetch: its state, and the bytes and the parts that the state is about. Its fields are guarded by the
 * {@link Schedule}, but for the counters.
 */
final class FileFetch {

    final RemoteFile listed;
    final Path partialPath;
    volatile RemoteFile file;
    volatile PartialFile partial;
    volatile TransferState state;
    BitSet unassigned;

    final TrailingHash hash = new TrailingHash();

    /** Bytes in place or being put in place, of this version of the file. */
    final LongAdder bytes = new LongAdder();

    FileFetch(Path partialPath, RemoteFile file, PartialFile partial) {
        this.listed = file;
        this.partialPath = partialPath;
        this.file = file;
        this.partial = partial;
        this.unassigned = partial.missing();
        this.state = new Planned(Attempt.first(file.bestDigest().isPresent(), !file.ranged()));
        this.bytes.add(partial.doneBytes());
    }

    /** Starts over with an empty partial file. */
    void begin(RemoteFile now, PartialFile empty) {
        file = now;
        partial = empty;
        unassigned = empty.missing();
        bytes.reset();
    }

    /** Goes on with what is there, of a file that proved to be the same. */
    void goOn(RemoteFile now) {
        file = now;
        unassigned = partial.missing();
    }

    /** Whether parts are fetched, in that attempt. */
    boolean isTransferring(int attempt) {
        return state instanceof Transferring now && now.attempt().number() == attempt;
    }

    /** The workers on it. */
    int workers() {
        return switch (state) {
            case Transferring transferring -> transferring.workers();
            case Leaving leaving -> leaving.workers();
            case Abandoned abandoned -> abandoned.workers();
            case Planned _,Refetching _,Verifying _,Whole _,Final _ -> 0;
        };
    }
}
