// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.kubernetes.ApiRetry;
import dev.lastcall.agent.kubernetes.Reconciler;
import dev.lastcall.metadata.NodeClock;
import tools.jackson.databind.JsonNode;

/**
 * One mark on the node's object, and which object of that name bears it: a node that is deleted and registered again has a
 * new uid and no mark. Thread-safe.
 *
 * @param <T> what the mark can be wanted to be
 */
final class NodeMark<T> implements AutoCloseable {

    private final String name;
    private final Reconciler.Effect<T> effect;
    private final Reconciler<T> reconciler;
    private volatile String bearer = "";
    private volatile boolean borne;

    /** @param urgent which values a notice brings */
    NodeMark(String name, NodeClock clock, Reconciler.Effect<T> effect, Predicate<T> urgent) {
        this.name = name;
        this.effect = effect;
        this.reconciler = new Reconciler<>(name, ApiRetry.eager(clock), this::bringAbout, urgent);
    }

    private ApiReply bringAbout(T wanted) {
        ApiReply reply = effect.bringAbout(wanted);
        if (reply instanceof ApiReply.Ok(JsonNode node)) {
            bearer = uid(node);
            borne = true;
        }
        return reply;
    }

    static String uid(JsonNode node) {
        return node.path("metadata").path("uid").asString("");
    }

    String name() {
        return name;
    }

    void want(T value) {
        reconciler.want(value);
    }

    /** The node's object has this uid now: the mark is made again where another object bore it, or none of that name was. */
    void isOn(String uid) {
        boolean another = !bearer.isEmpty() && !uid.isEmpty() && !uid.equals(bearer);
        if (another || reconciler.hasGivenUp()) {
            bearer = "";
            reconciler.renew();
        }
    }

    /** Whether an object bears it, as far as is known. */
    boolean isBorne() {
        return borne;
    }

    Optional<String> problem() {
        return reconciler.problem();
    }

    /** Makes it no more, and waits for the call that is under way; false if that was not over within {@code bound}. */
    boolean end(Duration bound) {
        return reconciler.end(bound);
    }

    @Override
    public void close() {
        reconciler.close();
    }
}
