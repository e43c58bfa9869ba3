// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.pod;

import java.time.Duration;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.kubernetes.Call;
import tools.jackson.databind.JsonNode;

/**
 * Whether a pod is still there, by a look at it. Answers to other calls do not tell: a 404 may be of the path and not of the
 * pod, a 409 of a version and not of the uid. Stateless.
 */
enum PodPresence {
    /** The pod of this uid is there. */
    THERE,
    /** It is gone: there is none of that name, or another one has it. */
    GONE,
    /** The look gave no answer. */
    UNKNOWN;

    /** Longest look; a window has no time for more. */
    private static final Duration BOUND = Duration.ofSeconds(2);

    /** Whether an answer to an eviction or a deletion could come of a pod that is gone; a look has to tell. */
    static boolean isInDoubtAfter(ApiReply reply) {
        return reply.isRefusedWith(404) || reply.isRefusedWith(409) || reply.isRefusedWith(410);
    }

    /** Looks; blocks for {@code bound} at most. */
    static PodPresence look(ApiCalls api, Pod pod, Duration bound) {
        Duration within = bound.compareTo(BOUND) < 0 ? bound : BOUND;
        return switch (api.call(Call.get(pod.path()).within(within))) {
            case ApiReply.Ok(JsonNode body) -> of(body.path("metadata").path("uid").asString(""), pod);
            case ApiReply.Refused refused -> refused.isAbsence("pods", pod.name()) ? GONE : UNKNOWN;
            case ApiReply.TooLarge _,ApiReply.Unreachable _ -> UNKNOWN;
        };
    }

    private static PodPresence of(String uid, Pod pod) {
        if (uid.isEmpty()) {
            return UNKNOWN;
        }
        return uid.equals(pod.uid()) ? THERE : GONE;
    }
}
