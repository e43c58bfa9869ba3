// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import dev.lastcall.agent.gate.RequestAccounting.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What one event leads to. All steps are made once: a step costs no memory.
 *
 * @param state   the state after it
 * @param action  what is to be done
 * @param outcome how the request has ended; null if it has not, or if it was a WebSocket, which knows itself
 */
record ExchangeStep(ExchangeState state, ExchangeAction action, @Nullable Outcome outcome) {

    static ExchangeStep to(ExchangeState state) {
        return new ExchangeStep(state, ExchangeAction.NONE, null);
    }

    static ExchangeStep to(ExchangeState state, ExchangeAction action) {
        return new ExchangeStep(state, action, null);
    }

    static ExchangeStep over(ExchangeAction action, Outcome outcome) {
        return new ExchangeStep(ExchangeState.Final.OVER, action, outcome);
    }
}
