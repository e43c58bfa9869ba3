// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.util.Locale;
import java.util.regex.Pattern;

/** Hosts that no store on the network may send us to: the node itself and what hands out its credentials. */
public final class InnerHosts {

    /** What resolvers take for an IPv4 address: one to four numbers, also octal and hexadecimal. */
    private static final Pattern ODD_ADDRESS = Pattern
            .compile("(?:0x[0-9a-f]+|[0-9]+)(?:\\.(?:0x[0-9a-f]+|[0-9]+)){0,3}\\.?");

    private static final Pattern DOTTED_QUAD = Pattern.compile("(?:0|[1-9][0-9]{0,2})(?:\\.(?:0|[1-9][0-9]{0,2})){3}");
    private static final Pattern LOOPBACK_OR_LINK = Pattern.compile("(?:127|0)\\..*|169\\.254\\..*");

    private InnerHosts() {}

    /** Loopback, link-local and unspecified addresses, however they are written, and the names for them. */
    public static boolean isInner(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        boolean isName = name.matches("(?:.*\\.)?(?:localhost|internal)\\.?");
        boolean isOddNumber = ODD_ADDRESS.matcher(name).matches() && !DOTTED_QUAD.matcher(name).matches();
        return isName || isOddNumber || name.contains(":") || LOOPBACK_OR_LINK.matcher(name).matches();
    }
}
