// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import dev.lastcall.warmup.text.SafeText;
import org.jspecify.annotations.Nullable;

/** The fetch ended before all files were published. What is done stays done, and the journals say so. */
public final class FetchException extends Exception {
    private static final long serialVersionUID = 1L;

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

    /** With what happened. */
    public FetchException(Reason reason, String message, @Nullable Throwable cause) {
        super(SafeText.of(message), cause);
        this.message = SafeText.of(message);
        this.reason = reason;
    }

    @Override
    public String getMessage() {
        return message;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
