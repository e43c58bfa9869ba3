// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.gate.tls.ClientTls;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;

/** Takes up a gate's certificate when its files change, and knows what it lacks. Thread-safe. */
final class CertificateWatch implements AutoCloseable {

    /** Between two looks at the files. */
    static final Duration INTERVAL = Duration.ofSeconds(30);
    /** Before a certificate ends; tools that renew them do so long before. */
    static final Duration NOTICE = Duration.ofDays(3);

    private final String server;
    private final ClientTls tls;
    private final NodeClock clock;
    private final SupervisedLoop loop;

    CertificateWatch(String server, ClientTls tls, NodeClock clock, LoopObserver loops) {
        this.server = server;
        this.tls = tls;
        this.clock = clock;
        this.loop = SupervisedLoop.every(INTERVAL, "certificate-" + server, clock, loops, tls::refresh);
    }

    /** Begins to look. Called once. */
    void start() {
        loop.start();
    }

    /** What is wrong now; does not block. */
    Optional<Condition> lack() {
        Optional<String> problem = tls.problem();
        Optional<Instant> end = tls.endsAt();
        if (end.isEmpty()) {
            return Optional.of(Condition.of(ConditionCode.CERTIFICATE_UNUSABLE, server,
                    problem.orElse("its files have not been read yet")));
        }
        if (problem.isPresent()) {
            return Optional.of(Condition.of(ConditionCode.CERTIFICATE_ENDS, server, problem.get()));
        }
        return end.filter(at -> clock.wallTime().plus(NOTICE).isAfter(at))
                .map(at -> Condition.of(ConditionCode.CERTIFICATE_ENDS, server, "it ends at " + at));
    }

    @Override
    public void close() {
        loop.end();
    }
}
