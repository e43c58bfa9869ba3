// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/**
 * The connections that have something written and not flushed: all of them are flushed once after the events that epoll
 * reported together, so that frames of many streams cost one system call. Confined to the event loop.
 */
final class FlushQueue {

    /** A connection. */
    interface Member {

        /** Sends what is written. */
        void flushNow();
    }

    private final Executor eventLoop;
    private final ArrayDeque<Member> waiting = new ArrayDeque<>();

    FlushQueue(Executor eventLoop) {
        this.eventLoop = eventLoop;
    }

    void add(Member member) {
        waiting.add(member);
        if (waiting.size() == 1) {
            eventLoop.execute(this::flush);
        }
    }

    private void flush() {
        for (int left = waiting.size(); left > 0; left--) {
            // It stays in the queue meanwhile: what is added now needs no task of its own.
            try {
                waiting.element().flushNow();
            } finally {
                waiting.remove();
            }
        }
        if (!waiting.isEmpty()) {
            eventLoop.execute(this::flush);
        }
    }
}
