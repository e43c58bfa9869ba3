// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

/**
 * The state of a connection to the server, as a pure function of state and event.
 *
 * <pre>
 *   IDLE ──served──▶ SERVING ──upgraded──▶ TUNNEL ──last bytes──▶ FLUSHING
 *    ▲                 │
 *    └──at a boundary──┘
 *   each of them ──closed, or inside a message, or bytes that no request asked for──▶ CLOSED
 * </pre>
 */
enum UpstreamState {
    /** It serves nothing: it is new, or in the pool. Nothing has come that answers no request. */
    IDLE,
    /** It serves an exchange. */
    SERVING,
    /** It is one side of a WebSocket. */
    TUNNEL,
    /** The last bytes of a WebSocket are written; what comes is thrown away. */
    FLUSHING,
    /** It is closed, or about to be. */
    CLOSED;

    /** What happens to it. */
    enum Event {
        /** An exchange sends its request. */
        SERVED,
        /** The exchange has become a WebSocket. */
        UPGRADED,
        /** The exchange is over, each message has ended, and nothing came after. */
        RELEASED_AT_BOUNDARY,
        /** The exchange is over, and something is left of a message, or came after. */
        RELEASED_INSIDE,
        /** Bytes came that answer no request. */
        LEFT_OVER,
        /** The last bytes are written. */
        FINISHED,
        /** Either side closes it, or it breaks. */
        CLOSED;

        /**
         * The end of an exchange.
         *
         * @param whole    whether request and answer have ended, and the server lets the connection live
         * @param position where the server's bytes stand
         * @param alive    whether neither side has ended it
         */
        static Event released(boolean whole, ResponseDecoder.Position position, boolean alive) {
            return whole && alive && position == ResponseDecoder.Position.AT_BOUNDARY
                    ? RELEASED_AT_BOUNDARY
                    : RELEASED_INSIDE;
        }
    }

    /** The state after an event; the same where the event is not meant for it. */
    UpstreamState after(Event event) {
        return switch (event) {
            case SERVED -> this == IDLE ? SERVING : this;
            case UPGRADED -> this == SERVING ? TUNNEL : this;
            case RELEASED_AT_BOUNDARY -> this == SERVING ? IDLE : this;
            case RELEASED_INSIDE -> this == SERVING ? CLOSED : this;
            case LEFT_OVER -> this == IDLE ? CLOSED : this;
            case FINISHED -> this == TUNNEL ? FLUSHING : this;
            case CLOSED -> CLOSED;
        };
    }
}
