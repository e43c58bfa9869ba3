// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

/** What the gates themselves have counted, all together. */
record Counts(long admitted, long completed, long cut, long lost, long draining, long otherRefusals, long inFlight) {

    static Counts read(SoakAgent agent) {
        long completed = 0;
        for (var server : agent.servers()) {
            completed += server.path("counts").path("completed").asLong(-1);
        }
        long draining = agent.metric("lastcall_requests_refused_total", "reason=\"draining\"");
        return new Counts(agent.metric("lastcall_requests_admitted_total", ""), completed,
                agent.metric("lastcall_requests_cut_total", ""), agent.metric("lastcall_requests_lost_total", ""),
                draining,
                agent.metric("lastcall_requests_refused_total", "") - draining,
                agent.metric("lastcall_requests_in_flight", ""));
    }
}
