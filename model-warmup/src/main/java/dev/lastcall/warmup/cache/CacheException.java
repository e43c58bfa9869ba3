// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import dev.lastcall.warmup.text.SafeText;
import org.jspecify.annotations.Nullable;

/** The cache cannot do what was asked. The message names what and the mend. */
public final class CacheException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String message;
    private final Reason reason;

    /** Why. */
    public enum Reason {
        /** Not enough room, and nothing that may be forgotten. */
        FULL,
        /** Something lies in the cache that we did not put there, or a name that is not allowed. */
        REFUSED,
        /** Another process took the work over. */
        LOST
    }

    CacheException(Reason reason, String message, @Nullable Throwable cause) {
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
