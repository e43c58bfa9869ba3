// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;

import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.server.InferenceServer;
import dev.lastcall.agent.server.RequestCounter;
import dev.lastcall.agent.server.Restarter;
import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;
import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;

/**
 * Plays one notice against a server that is not there, at the agent's start. A JVM loads and links code at its first use,
 * which costs tens of milliseconds; the notice is no time for that.
 */
final class DrainPrewarm {

    private static final Duration WINDOW = Duration.ofMinutes(2);

    private DrainPrewarm() {}

    static void run(DrainPolicy policy, NodeClock clock, DrainStore ledger) {
        var server = new InferenceServer("rehearsal", () -> ServerKind.GENERIC, Door.NONE,
                bound -> new InFlight.Exact(1),
                Cutter.NONE, Stopper.NONE, StopNeeds.PROMPT, RequestCounter.NONE, Restarter.NONE);
        var drain = new Drain(server, policy, false, clock, transition -> {});
        Deadline deadline = Deadline.in(WINDOW, clock);
        var notice = new Notice(NoticeKey.of("rehearsal", NoticeKind.OPERATOR), Finality.FINAL, deadline, "");
        var reclamation = new Reclamation(notice, deadline, clock.wallTime(), clock.nanoTime());
        drain.noticed(reclamation);
        if (drain.state() instanceof DrainState.Scheduled state) {
            // Off the way of the start: it takes some hundred milliseconds, which the notice's own threads would lack.
            Thread.ofVirtual().name("rehearsal").start(() -> ledger.rehearse(reclamation, state));
        }
        drain.withdrawn();
        drain.close();
    }
}
