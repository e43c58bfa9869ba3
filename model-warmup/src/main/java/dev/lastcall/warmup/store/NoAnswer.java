// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.Locale;

/** What to look at when no answer comes over the network. */
final class NoAnswer {

    private NoAnswer() {}

    /** A chain of causes that is longer tells nothing more. */
    private static final int MAX_CAUSES = 8;

    /** What was said down to the first cause, since libraries hide a certificate's fault behind "no connection". */
    static String explained(Throwable failure) {
        StringBuilder said = new StringBuilder();
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
            String one = cause.getMessage() == null ? cause.toString() : cause.getMessage().strip();
            if (said.indexOf(one) < 0) {
                said.append(said.isEmpty() ? "" : ": ").append(one);
            }
        }
        return explained(said.toString());
    }

    /** What was said, with the mend where one is known. */
    static String explained(String said) {
        String mend = mend(said.toLowerCase(Locale.ROOT));
        return mend.isEmpty() ? said.strip() : said.strip() + "; " + mend;
    }

    private static String mend(String said) {
        if (has(said, "not resolve", "failed to resolve", "unknown host", "unknownhost", "nxdomain")) {
            return "check the name in the address, and this node's resolver (/etc/resolv.conf)";
        }
        if (has(said, "refused")) {
            return "nothing listens there: check host and port of the address, and whether the store runs";
        }
        if (has(said, "unreachable", "no route")) {
            return "there is no way from this node to there: check its routes, and HTTPS_PROXY if it has to go through a proxy";
        }
        if (has(said, "certif", "pkix", "no subject alternative")) {
            return "let SSL_CERT_FILE name the authorities that this node shall trust, or correct the store's certificate";
        }
        if (has(said, "timed out", "timeout", "time out")) {
            return "check firewalls and security groups between this node and the store, and HTTPS_PROXY if it has to go"
                    + " through a proxy";
        }
        if (has(said, "reset", "connection was closed", "broken pipe")) {
            return "the store, or what stands between, ended the connection: it is tried again; look at the store if it stays";
        }
        return "";
    }

    private static boolean has(String text, String... words) {
        for (String word : words) {
            if (text.contains(word)) {
                return true;
            }
        }
        return false;
    }
}
