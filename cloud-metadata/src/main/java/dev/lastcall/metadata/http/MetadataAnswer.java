// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.util.Map;
import java.util.TreeMap;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.time.AnswerTime;

/** What came of a question. */
public sealed interface MetadataAnswer {

    /**
     * The server answered, whole and in time.
     *
     * @param status the HTTP status
     * @param headers the headers; looked up by {@link #header}
     * @param body the body as UTF-8, within the transport's cap; what is not UTF-8 has become replacement characters
     * @param at when its headers arrived
     */
    record Response(int status, Map<String, String> headers, String body, AnswerTime at) implements MetadataAnswer {
        public Response {
            Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            anyCase.putAll(headers);
            headers = anyCase;
        }

        /** A header's value, or empty where it is absent. */
        public String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** No answer, or none that is whole. */
    record Failed(MetadataProblem problem) implements MetadataAnswer {}
}
