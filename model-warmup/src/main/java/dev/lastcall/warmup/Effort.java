// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import dev.lastcall.warmup.fetch.FetchProgress;

/**
 * What the fetches of one warm-up took together: more than one where the model changed in the store meanwhile.
 *
 * @param received bytes off the wire
 * @param resumed bytes that the last fetch found of earlier ones
 * @param retries requests that had to be repeated
 * @param connections most at once
 * @param limit what bounded the rate of the last fetch
 */
record Effort(long received, long resumed, long retries, int connections, WarmupReport.Limit limit) {

    static final Effort NONE = new Effort(0, 0, 0, 0, WarmupReport.Limit.NOTHING);

    /**
     * One fetch more.
     *
     * @param end the fetch at its end
     * @param busy share of the processors' time, 0 to 1, that was in use meanwhile
     */
    Effort and(FetchProgress end, double busy) {
        return new Effort(received + end.receivedBytes(), end.resumedBytes(), retries + end.retries(),
                Math.max(connections, end.peakConnections()), WarmupReport.Limit.met(end, busy));
    }
}
