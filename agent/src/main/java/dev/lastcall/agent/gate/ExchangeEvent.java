// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

/** What happens to an exchange; {@link ExchangeState} says what it leads to. */
enum ExchangeEvent {
    /** No idle connection to the server is of use for it. */
    NONE_IDLE,
    /** The request goes out on a connection that was idle until now, and may be sent twice. */
    SENT_REPEATABLY,
    /** The request goes out, and may not be sent twice. */
    SENT,
    /** No connection to the server can be made. */
    CONNECT_FAILED,
    /** The server has sent an interim answer. */
    INTERIM,
    /** The head of an answer has been passed on. */
    HEAD,
    /** The head of an event stream has been passed on. */
    STREAM_HEAD,
    /** The server has agreed to a WebSocket. */
    UPGRADED,
    /** All of the server's answer has been passed on. */
    ANSWER_ENDED,
    /** What the server sends is no answer. */
    UNUSABLE,
    /** The server's connection has ended before the answer did. */
    SERVER_CLOSED,
    /** The rest of the request does not come, or is malformed. */
    REQUEST_BROKEN,
    /** The client's connection is closed. */
    CLIENT_GONE,
    /** The client has all of the answer, or it is on its way. */
    DELIVERED,
    /** The client did not take all of the answer. */
    NOT_DELIVERED,
    /** The WebSocket has ended. */
    TUNNEL_ENDED,
    /** A cut: the event stream, if it is one, has sent its API's end mark. */
    CUT_AFTER_END_MARK,
    /** A cut: the event stream is between two events. */
    CUT_BETWEEN_EVENTS,
    /** A cut: the event stream is in the middle of an event. */
    CUT_INSIDE_EVENT,
    /** A cut: nothing can be put into the answer. */
    CUT_INSIDE_BODY,
    /** A cut of what an earlier one left, unless it is complete. */
    HARD_CUT,
    /** A cut of what an earlier one left, although it may be complete. */
    LAST_CUT,
    /** The same, where all of the answer is the kernel's and the client has not read it. */
    LAST_CUT_IN_KERNEL
}
