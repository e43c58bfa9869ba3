// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** What to look at when no answer comes over the network. */
final class NoAnswer {

    private NoAnswer() {}

    private static final Pattern CLASS_NAME = Pattern
            .compile("(?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error)(?:: ?|\\b)");

    /** A chain of causes that is longer tells nothing more. */
    private static final int MAX_CAUSES = 8;

    /** What was said down to the first cause, since libraries hide a certificate's fault behind "no connection". */
    static String explained(Throwable failure) {
        StringBuilder said = new StringBuilder();
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++, cause = cause.getCause()) {
            String one = said(cause);
            if (said.indexOf(one) < 0) {
                said.append(said.isEmpty() ? "" : ": ").append(one);
            }
        }
        return explained(said.toString());
    }

    /** Without the names of classes, which say nothing to whoever runs a node. */
    private static String said(Throwable cause) {
        String message = cause.getMessage() == null
                ? ""
                : CLASS_NAME.matcher(cause.getMessage()).replaceAll("").strip();
        if (!message.isEmpty()) {
            return message;
        }
        return switch (cause) {
            case ClosedChannelException closed -> "the connection was closed";
            case TimeoutException late -> "no answer in time: timed out";
            case SocketTimeoutException late -> "no answer in time: timed out";
            case UnresolvedAddressException unknown -> "the name does not resolve";
            default -> "the connection failed";
        };
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
