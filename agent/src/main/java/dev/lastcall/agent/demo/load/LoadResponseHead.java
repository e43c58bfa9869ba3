// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.util.Locale;
import java.util.Map;

/**
 * Status and headers of a response.
 *
 * @param status the status code
 * @param headers by lower-case name; of repeated ones the last
 */
record LoadResponseHead(int status, Map<String, String> headers) {

    LoadResponseHead {
        headers = Map.copyOf(headers);
    }

    /** The header's value in lower case, or empty. */
    String header(String lowerCaseName) {
        return headers.getOrDefault(lowerCaseName, "").trim().toLowerCase(Locale.ROOT);
    }

    boolean isChunked() {
        return header("transfer-encoding").contains("chunked");
    }

    boolean closesConnection() {
        return header("connection").contains("close");
    }

    boolean isEventStream() {
        return header("content-type").startsWith("text/event-stream");
    }

    /** The announced length of the body, or -1 where none was announced. */
    long contentLength() {
        String text = header("content-length");
        return text.matches("\\d{1,15}") ? Long.parseLong(text) : -1;
    }
}
