// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.time.Duration;

/**
 * The bounds of HTTP/2 connections.
 *
 * @param concurrentStreams most streams of one connection at a time
 * @param headBytes         largest header list, as HTTP/2 counts it: with 32 bytes beside the text of each field
 * @param window            what a stream may have under way in each direction before the other side has taken any of it
 * @param grownWindow       the same once the other side has taken that much, if there is memory for it
 * @param connect           bound of a connection to the server, to its SETTINGS
 * @param idle              how long a client's connection without a stream is kept
 * @param linger            how long the gate reads on after its last byte
 */
public record Http2Limits(int concurrentStreams, int headBytes, int window, int grownWindow, Duration connect,
        Duration idle, Duration linger) {

    /** As nginx has it. */
    public static final int CONCURRENT_STREAMS = 128;
    /** A prompt or a unary answer, mostly. */
    public static final int WINDOW = 16 * 1024;
    /** HTTP/2's own. */
    public static final int GROWN_WINDOW = 64 * 1024;

    /** Refuses limits that leave nothing. */
    public Http2Limits {
        if (concurrentStreams < 1 || headBytes < 256 || window < 1024 || grownWindow < window) {
            throw new IllegalArgumentException("limits leave no room for one stream: streams " + concurrentStreams
                    + ", header list " + headBytes + " B, window " + window + " B, grown " + grownWindow + " B");
        }
    }

    /** What one more stream can make the gate keep, beside its header list. */
    long streamBytes() {
        return STREAM_BYTES + 2L * window;
    }

    /** The streams of both connections, with their flow control. */
    private static final long STREAM_BYTES = 6 * 1024;
}
