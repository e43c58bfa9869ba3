// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the secrets out of text that is shown: of each address in it the user, the password, the query and the fragment, which
 * can carry a signature, and of each header of authorization what proves who asks. Whatever is logged, printed, served or
 * sent to be read by people goes through here. To do it twice changes nothing. Stateless.
 */
public final class SafeText {

    private static final String LEFT_OUT = "…";

    /** An address begins with a scheme and goes on to a blank, a quote or a bracket. */
    private static final Pattern ADDRESS = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,30}:)?//([^\\s\"<>]+)");

    /** What may be a path with a query, without the host before it. */
    private static final Pattern TARGET = Pattern
            .compile("(?<![^\\s\"<>?])([^\\s\"<>?]++)\\?([^\\s\"<>=]*+=[^\\s\"<>]*+)");

    private static final Pattern AUTHORIZATION = Pattern
            .compile("(?i)\\b(bearer|basic)(\\s+)[A-Za-z0-9._~+/-]{8,}=*");

    /** These end a sentence or a bracket around an address more often than an address. */
    private static final String TAIL = ".,;:!'`)]}\\";

    private SafeText() {}

    /** The same text without secrets. */
    public static String of(String text) {
        String safe = text;
        if (safe.contains("//")) {
            safe = ADDRESS.matcher(safe)
                    .replaceAll(found -> Matcher
                            .quoteReplacement((found.group(1) == null ? "" : found.group(1)) + "//"
                                    + address(found.group(2))));
        }
        if (safe.indexOf('?') >= 0) {
            safe = TARGET.matcher(safe)
                    .replaceAll(found -> Matcher.quoteReplacement(found.group(1).indexOf('/') < 0
                            ? found.group()
                            : found.group(1) + "?" + LEFT_OUT + tail(found.group(2))));
        }
        return AUTHORIZATION.matcher(safe).replaceAll("$1$2" + LEFT_OUT);
    }

    /** From the authority on. */
    private static String address(String rest) {
        String tail = tail(rest);
        String body = rest.substring(0, rest.length() - tail.length());
        int end = end(body);
        String shown = withoutUser(body.substring(0, end));
        if (end == body.length()) {
            return shown + tail;
        }
        return end + 1 == body.length() ? shown + body.charAt(end) + tail : shown + body.charAt(end) + LEFT_OUT + tail;
    }

    /** Where the query or the fragment begins. */
    private static int end(String body) {
        int query = body.indexOf('?');
        int fragment = body.indexOf('#');
        if (query < 0 || fragment < 0) {
            return query < 0 && fragment < 0 ? body.length() : Math.max(query, fragment);
        }
        return Math.min(query, fragment);
    }

    /** A password may hold a slash where it is not encoded: then what follows the colon is no port. */
    private static String withoutUser(String authorityAndPath) {
        int slash = authorityAndPath.indexOf('/');
        String authority = slash < 0 ? authorityAndPath : authorityAndPath.substring(0, slash);
        int at = authority.lastIndexOf('@');
        int colon = authority.indexOf(':');
        boolean isPort = authority.startsWith("[")
                || authority.substring(colon + 1).chars().allMatch(c -> c >= '0' && c <= '9');
        if (at < 0 && colon >= 0 && !isPort) {
            at = authorityAndPath.lastIndexOf('@');
        }
        return authorityAndPath.substring(at + 1);
    }

    private static String tail(String text) {
        int from = text.length();
        while (from > 0 && TAIL.indexOf(text.charAt(from - 1)) >= 0) {
            from--;
        }
        return text.substring(from);
    }
}
