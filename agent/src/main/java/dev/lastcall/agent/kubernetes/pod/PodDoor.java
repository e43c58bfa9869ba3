// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.temporal.ChronoUnit;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.kubernetes.ApiRetry;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.kubernetes.Reconciler;
import dev.lastcall.agent.server.Door;
import dev.lastcall.metadata.NodeClock;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A pod's door by its readiness: the condition {@code lastcall.dev/open}, which the pod names as a readiness gate. Once it
 * is false the pod is not ready, and Services and inference gateways leave it out. The verbs only say what is wanted; it is
 * so when the API server has it and routers have heard. Thread-safe.
 */
final class PodDoor implements Door {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ApiCalls api;
    private final Pod pod;
    private final NodeClock clock;
    private final Reconciler<Boolean> open;
    private volatile EvictionFirst evictionFirst = EvictionFirst.NONE;
    private volatile boolean closed;

    /** Waits for an eviction that should come before the readiness goes. */
    @FunctionalInterface
    interface EvictionFirst {

        /** There is none. */
        EvictionFirst NONE = () -> {};

        /** Blocks until the API server has answered it, for a bounded time. */
        void await() throws InterruptedException;
    }

    PodDoor(ApiCalls api, Pod pod, NodeClock clock) {
        this.api = api;
        this.pod = pod;
        this.clock = clock;
        this.open = new Reconciler<>("readiness of " + pod.serverName(), ApiRetry.eager(clock), this::patch,
                open -> !open);
    }

    /** From now on the door closes after the first answer to this: a disruption budget counts an unready pod against it. */
    void closeAfter(EvictionFirst eviction) {
        evictionFirst = eviction;
    }

    /** Whether the cluster has heard from this door that the pod is not ready. */
    boolean isClosed() {
        return closed;
    }

    @Override
    public void closeDoor() {
        open.want(false);
    }

    @Override
    public void openDoor() {
        open.want(true);
    }

    private ApiReply patch(boolean value) {
        if (!value) {
            try {
                evictionFirst.await();
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
            }
        }
        closed = !value;
        ObjectNode patch = JSON.createObjectNode();
        patch.putObject("status")
                .putArray("conditions")
                .addObject()
                .put("type", PodParser.OPEN)
                .put("status", value ? "True" : "False")
                .put("reason", value ? "NoNotice" : "NodeInterrupted")
                .put("message", value ? "Lastcall lets requests in." : "This pod's node is being taken back.")
                .put("lastTransitionTime", clock.wallTime().truncatedTo(ChronoUnit.SECONDS).toString());
        return api.call(Call.strategicPatch(pod.path() + "/status", patch));
    }

    /** Ends trying; the door stays as it is. */
    void release() {
        open.close();
    }
}
