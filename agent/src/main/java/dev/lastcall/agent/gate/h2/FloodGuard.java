// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

/**
 * Distinguishes frames that carry something from frames that only cost: floods of SETTINGS, PING, PRIORITY, WINDOW_UPDATE and empty
 * or unknown frames are all bytes without payload. nginx measures them in the same way. Confined to the event loop.
 */
final class FloodGuard {

    /** So many bytes without payload are allowed in one period: 60,000 PINGs, or 30,000 SETTINGS of one value. */
    static final long SLACK_BYTES = 1024L * 1024;
    /** So many bytes beside each byte of payload: streams of single tokens cost about 40 bytes each beside the token. */
    private static final long PER_PAYLOAD = 8;
    private static final long PERIOD_NANOS = 60_000_000_000L;

    private long bytes;
    private long payload;
    private long since;

    FloodGuard(long now) {
        since = now;
    }

    /** So many bytes have come, of whatever frames; false if that is a flood. */
    boolean came(int count, long now) {
        if (now - since > PERIOD_NANOS) {
            since = now;
            bytes = 0;
            payload = 0;
        }
        bytes += count;
        return bytes <= SLACK_BYTES + PER_PAYLOAD * payload;
    }

    /** So many bytes have passed that carry something, in either direction. */
    void carried(int count) {
        payload += count;
    }
}
