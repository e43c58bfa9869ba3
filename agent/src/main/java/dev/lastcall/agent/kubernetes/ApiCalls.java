// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

/** Makes calls: to the API server, or to no server when a notice is rehearsed. Thread-safe. */
@FunctionalInterface
public interface ApiCalls {

    /** Makes one attempt; blocks for the call's own bound at most, and never throws for what the server does. */
    ApiReply call(Call call);
}
