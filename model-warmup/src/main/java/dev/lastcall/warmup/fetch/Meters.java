// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the workers counted, all together. Thread-safe. */
final class Meters {
    /** In place when a file was opened: counted before anything can publish it. */
    final LongAdder resumedBytes = new LongAdder();
    final LongAdder receivedBytes = new LongAdder();
    final LongAdder readNanos = new LongAdder();
    final LongAdder writeNanos = new LongAdder();
    final LongAdder backoffNanos = new LongAdder();
    final LongAdder requests = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder throttled = new LongAdder();
    final LongAdder abandoned = new LongAdder();
    final AtomicLong lastByteAt = new AtomicLong(System.nanoTime());
    final AtomicInteger peakConnections = new AtomicInteger();
}
