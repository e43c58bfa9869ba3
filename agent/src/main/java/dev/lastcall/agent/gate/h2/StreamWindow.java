// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.util.function.IntPredicate;

/**
 * What one direction of a stream may have under way: its sender may send as much more as the other side of the gate has taken.
 * It is small until that side has taken all of it once, so that a stream which is not read holds little. Confined to the event
 * loop.
 */
final class StreamWindow {

    private final Http2Limits limits;
    private final SessionHandler sender;
    private final int stream;
    private final IntPredicate room;
    private int taken;
    private boolean grown;

    /** @param room whether there is memory for so many bytes more, which are held from then on */
    StreamWindow(Http2Limits limits, SessionHandler sender, int stream, IntPredicate room) {
        this.limits = limits;
        this.sender = sender;
        this.stream = stream;
        this.room = room;
    }

    /** So many bytes have been taken by the other side. */
    void taken(int bytes) {
        sender.consumed(stream, bytes);
        if (!grown) {
            taken += bytes;
            int more = limits.grownWindow() - limits.window();
            if (taken >= limits.window() && more > 0 && room.test(more)) {
                grown = true;
                sender.widen(stream, more);
            }
        }
    }
}
