// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;

/**
 * How often a server is looked at that is not recognised: a few times, and then no more. Each question is a line in its log, and
 * may be work for a program that knows nothing of it. Once its port was closed it may be another. Not thread-safe.
 */
final class Patience {

    /** A second look, because a server may take its port before its paths are there. */
    static final int MAX_UNKNOWN = 2;

    /** Looks in which a server that is busy left a question unanswered count half. */
    static final int MAX_UNSURE = 4;

    /** One question each: with the delays below for more than half an hour, for a model that is loaded from far away. */
    static final int MAX_NOT_READY = 40;

    private static final Duration FIRST = Duration.ofSeconds(1);

    /** While no process listens, which costs no server anything. */
    private static final Duration MAX_SILENT = Duration.ofSeconds(15);

    private static final Duration SECOND_LOOK = Duration.ofSeconds(15);
    private static final Duration MAX_LOADING = Duration.ofMinutes(1);

    private Duration delay = FIRST;
    private int unknown;
    private int unsure;
    private int notReady;

    /** Whether it is looked at again. */
    boolean isLeft() {
        return unknown * MAX_UNSURE + unsure * MAX_UNKNOWN < MAX_UNKNOWN * MAX_UNSURE && notReady < MAX_NOT_READY;
    }

    /** Takes what a look gave; how long to wait before the next one. */
    Duration after(Recognition recognition) {
        return switch (recognition) {
            case Recognition.Recognised _ -> Duration.ZERO;
            case Recognition.Unknown _ -> {
                unknown++;
                yield SECOND_LOOK;
            }
            case Recognition.Unsure _ -> {
                unsure++;
                yield SECOND_LOOK;
            }
            case Recognition.NotReady _ -> {
                notReady++;
                yield longer(MAX_LOADING);
            }
            case Recognition.Silent _ -> {
                unknown = 0;
                unsure = 0;
                notReady = 0;
                yield longer(MAX_SILENT);
            }
        };
    }

    private Duration longer(Duration most) {
        Duration now = delay.compareTo(most) < 0 ? delay : most;
        delay = now.multipliedBy(2).compareTo(MAX_LOADING) < 0 ? now.multipliedBy(2) : MAX_LOADING;
        return now;
    }
}
