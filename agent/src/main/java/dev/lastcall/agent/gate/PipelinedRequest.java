// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * The one request of a connection whose head has been read before its turn; its body stays bytes. Confined to the event loop.
 */
final class PipelinedRequest {

    private final RequestAccounting accounting;
    private @Nullable AdmissionDecision decision;
    private boolean whole;

    PipelinedRequest(RequestAccounting accounting) {
        this.accounting = accounting;
    }

    boolean isEmpty() {
        return decision == null;
    }

    void put(AdmissionDecision next) {
        decision = next;
        whole = false;
    }

    /** What came with its head; whether there is a head at all. */
    boolean takes(HttpContent content) {
        if (decision == null) {
            return false;
        }
        whole |= content instanceof LastHttpContent;
        content.release();
        return true;
    }

    /** Takes it out; null if there is none. {@link #isWhole} is about the last that was taken. */
    @Nullable
    AdmissionDecision poll() {
        AdmissionDecision next = decision;
        decision = null;
        return next;
    }

    /** Whether it has no body. */
    boolean isWhole() {
        return whole;
    }

    /** Memory that it holds. */
    long heldBytes() {
        return decision instanceof AdmissionDecision.Forward forward
                ? RequestDecoder.weightOf(forward.request())
                : 0;
    }

    /** Cuts it, if the cut reaches it; whether it does. */
    boolean cut(Cut cut) {
        if (!(decision instanceof AdmissionDecision.Forward forward) || !forward.counted()
                || !cut.reaches(forward.order())) {
            return false;
        }
        cut.join();
        drop(Outcome.CUT_NOT_BEGUN);
        cut.ended(Outcome.CUT_NOT_BEGUN);
        return true;
    }

    /** Its turn will not come. */
    void drop(Outcome outcome) {
        if (poll() instanceof AdmissionDecision.Forward forward && forward.counted()) {
            accounting.finish(outcome, forward.order());
        }
    }
}
