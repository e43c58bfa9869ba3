// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import io.netty.handler.codec.http.HttpRequest;

/** What is to be done with a request when its turn on its connection comes; settled when its head has been read. */
sealed interface AdmissionDecision {

    /**
     * It goes to the server.
     *
     * @param counted whether it was admitted, and so is in flight from the moment its head was read
     * @param order   its place in the order of all requests of the gate
     */
    record Forward(HttpRequest request, RequestFraming survey, boolean counted,
            long order) implements AdmissionDecision {}

    /**
     * It gets the gate's own answer, and the connection ends.
     *
     * @param held whether the answer waits a moment: a router that sends new requests where the fewest are open would
     *             otherwise prefer the node whose answers come at once
     */
    record Refuse(Answer answer, boolean toHead, boolean held) implements AdmissionDecision {}
}
