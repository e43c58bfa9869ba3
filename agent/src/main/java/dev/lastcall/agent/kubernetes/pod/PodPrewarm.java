// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.server.Door;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Plays the end of a pod that does not exist, at the agent's start, with no server: so the code has run before a notice comes. */
public final class PodPrewarm {

    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final JsonNode POD = JSON.readTree(
            """
                    {"metadata": {"namespace": "rehearsal", "name": "rehearsal", "uid": "rehearsal",
                        "annotations": {"lastcall.dev/kind": "generic", "lastcall.dev/hold": "true"}},
                     "spec": {"readinessGates": [{"conditionType": "lastcall.dev/open"}], "containers": [{"name": "rehearsal"}]},
                     "status": {"podIP": "127.0.0.1"}}
                    """);

    private PodPrewarm() {}

    /** @param factory that of the node's pods; the cluster that it speaks to is left out */
    public static void run(PodServerFactory factory) {
        ApiCalls noServer = call -> new ApiReply.Ok(JSON.createObjectNode());
        Pod pod = new PodParser(factory.settings()).parse(POD);
        ServedPod served = new PodServerFactory(noServer, factory.settings(), factory.knownLead(), factory.http(),
                factory.recognizer(),
                factory.clock(), factory.loops()).serve(pod);
        served.door().ifPresent(Door::closeDoor);
        served.departure().ifPresent(stopper -> stopper.depart(WINDOW));
        served.close();
    }
}
