// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import dev.lastcall.agent.server.ServerKind;

/** What a look at a server gave about its kind. It is advice: the operator's word wins. */
public sealed interface Recognition {

    /**
     * It is of this kind.
     *
     * @param evidence by what it was recognised, for people
     */
    record Recognised(ServerKind kind, String evidence) implements Recognition {}

    /** It speaks HTTP and is like no kind that is known. */
    record Unknown() implements Recognition {}

    /** It is like no kind as far as it answered, and left a question unanswered. */
    record Unsure() implements Recognition {}

    /** Something is there that does not serve yet, or does not speak HTTP. */
    record NotReady(String reason) implements Recognition {}

    /** No process listens there: it is not up yet, as most servers are not until their model is loaded. */
    record Silent(String reason) implements Recognition {}
}
