// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

/**
 * The state of a client's connection, as a pure function of state and event.
 *
 * <pre>
 *   IDLE ──request──▶ SERVING ──no next──▶ SERVING_LAST
 *    ▲                 │   │ upgraded         │   │ upgraded
 *    └────answered─────┘   └────▶ TUNNEL ◀────│───┘
 *                      │            │         │
 *                      │ ends       │ ends    │ ends
 *                      ▼            ▼         ▼
 *                   LEAVING ──▶ ENDING    LEAVING
 *                        answered
 *   IDLE ──ends──▶ ENDING; SERVING, SERVING_LAST ──answered for the last time──▶ ENDING; each ──closed──▶ CLOSED
 * </pre>
 */
enum ClientState {
    /** No request is served; the next one may come. */
    IDLE,
    /** A request is served. */
    SERVING,
    /** A request is served, and none after it. */
    SERVING_LAST,
    /** A WebSocket passes bytes. */
    TUNNEL,
    /** A request is served to its end by the connection's last bytes; what still comes is thrown away. */
    LEAVING,
    /** No request is served; what still comes is thrown away. */
    ENDING,
    /** The client is gone. */
    CLOSED;

    /** What happens to it. */
    enum Event {
        /** A request begins to be served. */
        REQUEST,
        /** The request has been served, and its answer lets the connection live. */
        ANSWERED,
        /** The request has been served, and the connection is to end. */
        ANSWERED_LAST,
        /** No request after the present one will be served. */
        NO_NEXT,
        /** The request has become a WebSocket. */
        UPGRADED,
        /** No request is taken any more. */
        ENDS,
        /** The channel is closed. */
        CLOSED
    }

    /** Whether what the client sends is taken. */
    boolean isTaking() {
        return switch (this) {
            case IDLE, SERVING, SERVING_LAST, TUNNEL -> true;
            case LEAVING, ENDING, CLOSED -> false;
        };
    }

    /** Whether a request is served. */
    boolean isServing() {
        return switch (this) {
            case SERVING, SERVING_LAST, LEAVING -> true;
            case IDLE, TUNNEL, ENDING, CLOSED -> false;
        };
    }

    /** The state after an event; the same where the event is not meant for it. */
    ClientState after(Event event) {
        return switch (event) {
            case REQUEST -> this == IDLE ? SERVING : this;
            case ANSWERED -> switch (this) {
                case SERVING -> IDLE;
                case SERVING_LAST, LEAVING -> ENDING;
                case IDLE, TUNNEL, ENDING, CLOSED -> this;
            };
            case ANSWERED_LAST -> isServing() ? ENDING : this;
            case NO_NEXT -> this == SERVING ? SERVING_LAST : this;
            case UPGRADED -> this == SERVING || this == SERVING_LAST ? TUNNEL : this;
            case ENDS -> switch (this) {
                case IDLE, TUNNEL -> ENDING;
                case SERVING, SERVING_LAST -> LEAVING;
                case LEAVING, ENDING, CLOSED -> this;
            };
            case CLOSED -> CLOSED;
        };
    }
}
