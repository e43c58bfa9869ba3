// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

/**
 * How one request ended.
 *
 * @param fate what became of it
 * @param detail what exactly was seen, for people; empty where there is nothing to add
 * @param streaming whether a stream was asked for
 * @param sentNanos when it was sent, on {@link System#nanoTime()}
 * @param endedNanos when its client knew, on the same clock
 */
public record RequestOutcome(Fate fate, String detail, boolean streaming, long sentNanos, long endedNanos) {}
