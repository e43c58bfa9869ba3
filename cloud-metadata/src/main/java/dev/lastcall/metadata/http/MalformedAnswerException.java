// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

/** An answer's body is not what its contract says. The message says what was found, fit to stand behind the question. */
public final class MalformedAnswerException extends Exception {

    /** With what was found instead. */
    public MalformedAnswerException(String found) {
        super(found);
    }
}
