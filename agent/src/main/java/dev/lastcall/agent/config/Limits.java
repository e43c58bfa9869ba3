// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.time.Duration;

/** The ranges that several keys share. */
final class Limits {

    /** Between two looks where seconds count: not so often that a link-local service throttles, not blind for long. */
    static final ValueType<Duration> POLL = ValueType.duration(Duration.ofMillis(100), Duration.ofMinutes(1));

    /** Between two looks at what is announced hours ahead. */
    static final ValueType<Duration> SLOW_POLL = ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(1));

    /** A window that a provider gives without naming a time. */
    static final ValueType<Duration> WINDOW = ValueType.duration(Duration.ofSeconds(1), Duration.ofHours(1));

    /** A window that an operator's own arrangement gives. */
    static final ValueType<Duration> LONG_WINDOW = ValueType.duration(Duration.ofSeconds(1), Duration.ofDays(2));

    /** A phase of the drain. */
    static final ValueType<Duration> PHASE = ValueType.duration(Duration.ZERO, Duration.ofHours(1));

    /** The bound of one request. */
    static final ValueType<Duration> TIMEOUT = ValueType.duration(Duration.ofMillis(50), Duration.ofMinutes(1));

    private Limits() {}
}
