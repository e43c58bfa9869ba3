// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.server.StopNeeds;

/**
 * All that is known of a kind of server, as data. Immutable.
 *
 * @param marks by which it is recognised: two that come from different answers
 * @param gauges where its requests in flight are read, the best first; empty where it has no gauge that counts running ones
 * @param abort how it is asked to abort all its requests; empty where closing their connections is the only way
 * @param stop what its stop asks of the budget
 * @param stopFlag the option of its command line that says how many seconds its stop takes; empty where none does
 * @param health a path that says at no cost whether it is up; empty to connect only
 * @param liveness paths that mean "alive", beside those that every gate lets pass
 * @param readiness paths that mean "send me requests", beside those that every gate fails from the notice on
 * @param ports where it listens by default
 */
public record KindProfile(List<Fingerprint> marks, List<OwnGauge> gauges, Optional<Abort> abort, StopNeeds stop,
        Optional<String> stopFlag, Optional<String> health, List<String> liveness, List<String> readiness,
        List<Integer> ports) {

    /** Nothing is known. */
    static final KindProfile NOTHING = new KindProfile(List.of(), List.of(), Optional.empty(), StopNeeds.PROMPT,
            Optional.empty(), Optional.empty(), List.of(), List.of(), List.of());

    public KindProfile {
        marks = List.copyOf(marks);
        gauges = List.copyOf(gauges);
        liveness = List.copyOf(liveness);
        readiness = List.copyOf(readiness);
        ports = List.copyOf(ports);
    }

    /**
     * A call that aborts all requests of a server.
     *
     * @param paths asked one after the other until one is there; not every version has each
     * @param body JSON
     */
    record Abort(List<String> paths, String body) {
        Abort {
            paths = List.copyOf(paths);
        }
    }

    static KindProfile on(Integer... ports) {
        return new KindProfile(List.of(), List.of(), Optional.empty(), StopNeeds.PROMPT, Optional.empty(),
                Optional.empty(), List.of(), List.of(), List.of(ports));
    }

    KindProfile marked(Fingerprint... by) {
        return new KindProfile(List.of(by), gauges, abort, stop, stopFlag, health, liveness, readiness, ports);
    }

    KindProfile gauged(OwnGauge... by) {
        return new KindProfile(marks, List.of(by), abort, stop, stopFlag, health, liveness, readiness, ports);
    }

    KindProfile aborts(String body, String... paths) {
        return new KindProfile(marks, gauges, Optional.of(new Abort(List.of(paths), body)), stop, stopFlag,
                health, liveness, readiness, ports);
    }

    KindProfile stops(StopNeeds needs) {
        return new KindProfile(marks, gauges, abort, needs, stopFlag, health, liveness, readiness, ports);
    }

    KindProfile stopsBy(String flag) {
        return new KindProfile(marks, gauges, abort, stop, Optional.of(flag), health, liveness, readiness, ports);
    }

    KindProfile healthy(String path) {
        return new KindProfile(marks, gauges, abort, stop, stopFlag, Optional.of(path), liveness, readiness, ports);
    }

    KindProfile alive(String... paths) {
        return new KindProfile(marks, gauges, abort, stop, stopFlag, health, List.of(paths), readiness, ports);
    }

    KindProfile ready(String... paths) {
        return new KindProfile(marks, gauges, abort, stop, stopFlag, health, liveness, List.of(paths), ports);
    }
}
