// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.io.IOException;

import dev.lastcall.warmup.cache.CacheException;
import dev.lastcall.warmup.fetch.DiskFaults;
import dev.lastcall.warmup.fetch.FetchException;
import dev.lastcall.warmup.store.FileProblem;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;
import dev.lastcall.warmup.text.SafeText;
import org.jspecify.annotations.Nullable;

/**
 * The model is not warm. What was fetched stays and is not fetched again; no file that is wrong got its name. Every message
 * names the object and, where there is one, the mend.
 */
public abstract sealed class WarmupException extends Exception {
    private static final long serialVersionUID = 1L;

    private WarmupException(String message, @Nullable Throwable cause) {
        super(SafeText.of(message), cause);
    }

    /** Whether trying again later, with nothing changed by anyone, can succeed. */
    public abstract boolean isRetryable();

    /** The store could not be reached, or stayed overloaded or faulty, for as long as patience lasts. */
    public static final class StoreUnavailable extends WarmupException {
        private static final long serialVersionUID = 1L;

        StoreUnavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public boolean isRetryable() {
            return true;
        }
    }

    /** The store refused, does not have it, or gave what cannot be used: someone must act. */
    public static final class StoreRefused extends WarmupException {
        private static final long serialVersionUID = 1L;

        StoreRefused(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public boolean isRetryable() {
            return false;
        }
    }

    /** No room: on the device, in the quota, or beyond the reserve. */
    public static final class DiskFull extends WarmupException {
        private static final long serialVersionUID = 1L;

        DiskFull(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public boolean isRetryable() {
            return true;
        }
    }

    /** The cache's disk failed, may not be written, or holds what does not belong there. */
    public static final class DiskFailed extends WarmupException {
        private static final long serialVersionUID = 1L;

        DiskFailed(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public boolean isRetryable() {
            return false;
        }
    }

    /** The bytes are not what they should be: a digest, a header, an index. */
    public static final class NotVerified extends WarmupException {
        private static final long serialVersionUID = 1L;

        NotVerified(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public boolean isRetryable() {
            return false;
        }
    }

    /** Someone asked to stop. */
    public static final class Cancelled extends WarmupException {
        private static final long serialVersionUID = 1L;

        Cancelled(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public boolean isRetryable() {
            return true;
        }
    }

    static WarmupException of(StoreException e) {
        return e.problem().isTransient()
                ? new StoreUnavailable(e.getMessage(), e)
                : new StoreRefused(e.getMessage(), e);
    }

    static WarmupException of(FetchException e) {
        return switch (e.reason()) {
            case STORE ->
                e.getCause() instanceof StoreException cause ? of(cause) : new StoreUnavailable(e.getMessage(), e);
            // The next attempt lists it again; what is listed and not to be had stays so.
            case CHANGED -> e.getCause() instanceof StoreException cause && cause.problem() == StoreProblem.MISSING
                    ? of(cause)
                    : new StoreUnavailable(e.getMessage(), e);
            case DISK_FULL -> new DiskFull(e.getMessage(), e);
            case DISK -> new DiskFailed(e.getMessage(), e);
            case CORRUPT -> new NotVerified(e.getMessage(), e);
            case CANCELLED -> new Cancelled(e.getMessage(), e);
        };
    }

    static WarmupException of(CacheException e) {
        return switch (e.reason()) {
            case FULL -> new DiskFull(e.getMessage(), e);
            case REFUSED -> new DiskFailed(e.getMessage(), e);
            case LOST -> new StoreUnavailable(e.getMessage(), e);
        };
    }

    static WarmupException of(IOException e, String where) {
        if (DiskFaults.isFull(e)) {
            return new DiskFull(where + ": no space left on the device; free some and start again", e);
        }
        return new DiskFailed(where + ": " + FileProblem.said(e) + "; is it writable for the user that runs this?", e);
    }
}
