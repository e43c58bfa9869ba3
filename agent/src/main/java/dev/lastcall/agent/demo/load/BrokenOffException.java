// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.io.EOFException;

/** The peer ended the connection where its answer was not whole. */
final class BrokenOffException extends EOFException {

    private static final long serialVersionUID = 1;

    private final boolean beforeFirstByte;

    BrokenOffException(boolean beforeFirstByte) {
        super(beforeFirstByte ? "closed before an answer began" : "closed within the answer");
        this.beforeFirstByte = beforeFirstByte;
    }

    boolean isBeforeFirstByte() {
        return beforeFirstByte;
    }
}
