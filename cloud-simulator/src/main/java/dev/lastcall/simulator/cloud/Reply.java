// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

import dev.lastcall.simulator.script.Fault;

/** What the metadata server does about a request, before faults: answer it, or wait for a change. */
public sealed interface Reply {

    /** An answer. {@code Date}, {@code Content-Length} and {@code Connection} are added on the wire. */
    record Answer(int status, Map<String, String> headers, String body) implements Reply {
        public Answer {
            Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            sorted.putAll(headers);
            headers = sorted;
        }

        Answer with(String name, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(name, value);
            return new Answer(status, more, body);
        }
    }

    /** Wait: an answer comes when something has changed, or at the time-out. */
    interface Hang {
        /** The answer, once there is something to say. */
        Optional<Answer> changed();

        /** The answer at the time-out. */
        Answer current();

        /** How long to wait, in calendar time; {@link Fault#FOREVER} when the client set no bound. */
        Duration timeout();
    }

    /** A {@link Hang} as a reply. */
    record Waiting(Hang hang) implements Reply {}

    /** An answer that comes later, in timeline time, though nothing is wrong. */
    record Later(Duration delay, Supplier<Answer> answer) implements Reply {}
}
