// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.wire;

import java.io.IOException;

import dev.lastcall.warmup.text.SafeText;

/** A proxy did not let the connection through. The message names the proxy, where it should have led, and the mend. */
public final class ProxyException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean isRefusal;

    ProxyException(String message, boolean isRefusal) {
        super(SafeText.of(message));
        this.isRefusal = isRefusal;
    }

    /** Whether an operator must act; else the proxy could not reach the other side now. */
    public boolean isRefusal() {
        return isRefusal;
    }
}
