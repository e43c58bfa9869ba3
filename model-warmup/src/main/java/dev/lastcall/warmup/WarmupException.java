// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;

import dev.lastcall.warmup.cache.CacheException;
import dev.lastcall.warmup.failure.DiskFaults;
import dev.lastcall.warmup.failure.Failed;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.fetch.FetchException;
import dev.lastcall.warmup.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * The model is not warm. What was fetched stays and is not fetched again; no file that is wrong got its name. {@link Words}
 * says it.
 */
public abstract sealed class WarmupException extends Exception implements Failed {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    private WarmupException(Failure failure, @Nullable Throwable cause) {
        super(Words.of(failure).line(), cause);
        this.failure = failure;
    }

    @Override
    public Failure failure() {
        return failure;
    }

    /** Whether trying again later, with nothing changed by anyone, can succeed. */
    public abstract boolean isRetryable();

    /** The store could not be reached, or stayed overloaded or faulty, for as long as patience lasts. */
    public static final class StoreUnavailable extends WarmupException {
        private static final long serialVersionUID = 1L;

        StoreUnavailable(Failure failure, @Nullable Throwable cause) {
            super(failure, cause);
        }

        @Override
        public boolean isRetryable() {
            return true;
        }
    }

    /** The store refused, does not have it, or gave what cannot be used: someone must act. */
    public static final class StoreRefused extends WarmupException {
        private static final long serialVersionUID = 1L;

        StoreRefused(Failure failure, @Nullable Throwable cause) {
            super(failure, cause);
        }

        @Override
        public boolean isRetryable() {
            return false;
        }
    }

    /** No room: on the device, in the quota, or beyond the reserve. */
    public static final class DiskFull extends WarmupException {
        private static final long serialVersionUID = 1L;

        DiskFull(Failure failure, @Nullable Throwable cause) {
            super(failure, cause);
        }

        @Override
        public boolean isRetryable() {
            return true;
        }
    }

    /** The cache's disk failed, may not be written, or holds what does not belong there. */
    public static final class DiskFailed extends WarmupException {
        private static final long serialVersionUID = 1L;

        DiskFailed(Failure failure, @Nullable Throwable cause) {
            super(failure, cause);
        }

        @Override
        public boolean isRetryable() {
            return false;
        }
    }

    /** The bytes are not what they should be: a digest, a header, an index. */
    public static final class NotVerified extends WarmupException {
        private static final long serialVersionUID = 1L;

        NotVerified(Failure failure, @Nullable Throwable cause) {
            super(failure, cause);
        }

        @Override
        public boolean isRetryable() {
            return false;
        }
    }

    /** Someone asked to stop. */
    public static final class Cancelled extends WarmupException {
        private static final long serialVersionUID = 1L;

        Cancelled(Failure failure, @Nullable Throwable cause) {
            super(failure, cause);
        }

        @Override
        public boolean isRetryable() {
            return true;
        }
    }

    static WarmupException of(StoreException e) {
        return e.problem().isTransient()
                ? new StoreUnavailable(e.failure(), e)
                : new StoreRefused(e.failure(), e);
    }

    static WarmupException of(FetchException e) {
        return switch (e.reason()) {
            case STORE ->
                e.getCause() instanceof StoreException cause ? of(cause) : new StoreUnavailable(e.failure(), e);
            // The next attempt lists it again; what is listed and not to be had stays so.
            case CHANGED -> e.getCause() instanceof StoreException cause && cause.problem() == StoreProblem.MISSING
                    ? of(cause)
                    : new StoreUnavailable(e.failure(), e);
            case DISK_FULL -> new DiskFull(e.failure(), e);
            case DISK -> new DiskFailed(e.failure(), e);
            case CORRUPT -> new NotVerified(e.failure(), e);
            case CANCELLED -> new Cancelled(e.failure(), e);
        };
    }

    static WarmupException of(CacheException e) {
        return switch (e.reason()) {
            case FULL -> new DiskFull(e.failure(), e);
            case REFUSED -> new DiskFailed(e.failure(), e);
            case LOST -> new StoreUnavailable(e.failure(), e);
        };
    }

    static WarmupException of(IOException e, String where) {
        Failure failure = e instanceof Failed known && !(known.failure() instanceof Failure.OnDisk)
                ? known.failure()
                : new Failure.WhileWriting(where, DiskFaults.onDisk(e, ""));
        return DiskFaults.isFull(e) ? new DiskFull(failure, e) : new DiskFailed(failure, e);
    }
}
