// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

/** Whether a server can be reached, as far as its polls show. */
public sealed interface ServerHealth {

    /** It was not polled often enough to say. */
    record Unknown() implements ServerHealth {}

    /** It answers. */
    record Up() implements ServerHealth {}

    /** It does not serve, and something shows that it will. */
    record Starting(String reason) implements ServerHealth {}

    /** It does not answer, and nothing shows that it will. */
    record Down(String reason) implements ServerHealth {}
}
