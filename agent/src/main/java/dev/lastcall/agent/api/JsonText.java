// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import tools.jackson.core.io.JsonStringEncoder;

/** Strings for small JSON documents that are put together by hand. */
public final class JsonText {

    private JsonText() {}

    /** The text as a JSON string, in its quotes. */
    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, quoted);
        return quoted.append('"').toString();
    }
}
