// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

import java.util.Optional;
import java.util.function.Predicate;

import dev.lastcall.agent.kubernetes.Convergence;
import dev.lastcall.agent.kubernetes.Persistence;
import dev.lastcall.agent.kubernetes.Reply;
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
    private final Convergence.Effect<T> effect;
    private final Convergence<T> convergence;
    private volatile String bearer = "";
    private volatile boolean borne;

    /** @param urgent which values a notice brings */
    NodeMark(String name, NodeClock clock, Convergence.Effect<T> effect, Predicate<T> urgent) {
        this.name = name;
        this.effect = effect;
        this.convergence = new Convergence<>(name, Persistence.eager(clock), this::bringAbout, urgent);
    }

    private Reply bringAbout(T wanted) {
        Reply reply = effect.bringAbout(wanted);
        if (reply instanceof Reply.Ok(JsonNode node)) {
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
        convergence.want(value);
    }

    /** The node's object has this uid now: the mark is made again where another object bore it, or none of that name was. */
    void isOn(String uid) {
        boolean another = !bearer.isEmpty() && !uid.isEmpty() && !uid.equals(bearer);
        if (another || convergence.hasGivenUp()) {
            bearer = "";
            convergence.renew();
        }
    }

    /** Whether an object bears it, as far as is known. */
    boolean isBorne() {
        return borne;
    }

    Optional<String> problem() {
        return convergence.problem();
    }

    @Override
    public void close() {
        convergence.close();
    }
}
