// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

/**
 * Why a look at a source failed.
 *
 * @param kind the class of failure; the label of a metric
 * @param message what was asked of which server, what came back and, where it is known, the remedy
 */
public record MetadataProblem(Kind kind, String message) {

    /** The closed set of ways a look can fail. */
    public enum Kind {
        /** No connection: refused, reset, no route. */
        UNREACHABLE("unreachable"),
        /** No whole answer within the bound. */
        TIMEOUT("timeout"),
        /** 401 or 403: the endpoint is there and does not let us in. */
        DENIED("denied"),
        /** 429, or an error status of the server. */
        SERVER_ERROR("server-error"),
        /** An answer that its contract does not allow, or one over the size limit. */
        MALFORMED("malformed");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The lower-case name in metrics and JSON. */
        public String label() {
            return label;
        }
    }
}
