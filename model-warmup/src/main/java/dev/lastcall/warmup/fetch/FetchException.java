// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Path;

import dev.lastcall.warmup.failure.DiskFaults;
import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Words;
import org.jspecify.annotations.Nullable;

/** The fetch ended, and not all files were published. What is done stays done, and the journals say so. */
public final class FetchException extends Exception implements Failed {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;
    private final String message;
    private final Reason reason;

    /** Why. */
    public enum Reason {
        /** The store refused, or failed for longer than we have patience. The cause is a {@code StoreException}. */
        STORE,
        /**
         * A file is not the one that was listed any more, or is gone: what is fetched belongs to a version that has ended, and
         * the model must be listed again. The cause is a {@code StoreException}, where the store said so.
         */
        CHANGED,
        /** No room left on the device, or a quota is reached. */
        DISK_FULL,
        /** The disk failed or may not be written. */
        DISK,
        /** The bytes are whole and not what the digest says, twice, and the store still vouches for that digest. */
        CORRUPT,
        /** Someone asked for it. */
        CANCELLED
    }

    /** Of that failure. */
    public FetchException(Reason reason, Failure failure, @Nullable Throwable cause) {
        super(Words.of(failure).line(), cause);
        this.failure = failure;
        this.message = Words.of(failure).line();
        this.reason = reason;
    }

    /** An error of the disk, with the file of the model and where it was written. */
    static FetchException ofDisk(IOException e, String name, Path where) {
        return new FetchException(DiskFaults.isFull(e) ? Reason.DISK_FULL : Reason.DISK,
                new Failure.WhileWriting(name, DiskFaults.onDisk(e, where.toString())), e);
    }

    @Override
    public String getMessage() {
        return message;
    }

    @Override
    public Failure failure() {
        return failure;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
