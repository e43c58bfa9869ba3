// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.Optional;

import dev.lastcall.agent.gate.tls.ClientTls;
import dev.lastcall.metadata.NodeClock;
import io.netty.channel.EventLoop;

/**
 * What everything on one event loop of a gate works with.
 *
 * @param eventLoop  the event loop, which all of it is confined to
 * @param accounting the gate's books
 * @param answers    the gate's own answers
 * @param budget     what clients may make the process keep
 * @param durations  how long requests took lately
 * @param tls        TLS towards clients; none where they come without it
 */
record GateContext(EventLoop eventLoop, GateSettings settings, RequestAccounting accounting, NodeClock clock,
        Answers answers, GateLog log, GateBudget budget, RouteDurations durations, Optional<ClientTls> tls) {

    long nanoTime() {
        return clock.nanoTime();
    }
}
