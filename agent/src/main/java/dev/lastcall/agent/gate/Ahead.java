// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.Ledger.Outcome;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * The one request of a connection whose head has been read before its turn; its body stays bytes. Confined to the event loop.
 */
final class Ahead {

    private final Ledger ledger;
    private @Nullable Turn turn;
    private boolean whole;

    Ahead(Ledger ledger) {
        this.ledger = ledger;
    }

    boolean isEmpty() {
        return turn == null;
    }

    void put(Turn next) {
        turn = next;
        whole = false;
    }

    /** What came with its head; whether there is a head at all. */
    boolean takes(HttpContent content) {
        if (turn == null) {
            return false;
        }
        whole |= content instanceof LastHttpContent;
        content.release();
        return true;
    }

    /** Takes it out; null if there is none. {@link #isWhole} is about the last that was taken. */
    @Nullable
    Turn poll() {
        Turn next = turn;
        turn = null;
        return next;
    }

    /** Whether it has no body. */
    boolean isWhole() {
        return whole;
    }

    /** Memory that it holds. */
    long heldBytes() {
        return turn instanceof Turn.Forward forward ? RequestDecoder.weightOf(forward.request()) : 0;
    }

    /** Cuts it, if the cut reaches it; whether it does. */
    boolean cut(Cut cut) {
        if (!(turn instanceof Turn.Forward forward) || !forward.counted() || !cut.reaches(forward.order())) {
            return false;
        }
        cut.join();
        drop(Outcome.CUT_NOT_BEGUN);
        cut.ended(Outcome.CUT_NOT_BEGUN);
        return true;
    }

    /** Its turn will not come. */
    void drop(Outcome outcome) {
        if (poll() instanceof Turn.Forward forward && forward.counted()) {
            ledger.finish(outcome);
        }
    }
}
