// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import dev.lastcall.warmup.text.SafeText;
import org.jspecify.annotations.Nullable;

/** No credentials could be had. The message says from where, why, and what to do. */
public final class CredentialException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isTransient;

    private CredentialException(String message, boolean isTransient, @Nullable Throwable cause) {
        super(SafeText.of(message), cause);
        this.isTransient = isTransient;
    }

    /** An operator must act. */
    public static CredentialException lasting(String message) {
        return new CredentialException(message, false, null);
    }

    /** An operator must act; with what was noticed first. */
    public static CredentialException lasting(String message, Throwable cause) {
        return new CredentialException(message, false, cause);
    }

    /** The same may well work later. */
    public static CredentialException passing(String message, @Nullable Throwable cause) {
        return new CredentialException(message, true, cause);
    }

    /** Whether the same may well work later. */
    public boolean isTransient() {
        return isTransient;
    }
}
