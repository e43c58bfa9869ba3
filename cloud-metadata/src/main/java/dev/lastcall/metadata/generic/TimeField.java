// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

/** Where in an answer the time of the notice is. */
public sealed interface TimeField {

    /** Nowhere: that there is an answer is the notice, and it leaves the configured window. */
    record Nowhere() implements TimeField {}

    /** The body is the time, with or without quotes. A body that is none is an error and no notice. */
    record Body() implements TimeField {}

    /**
     * In a field of the body's JSON. A body that is no JSON is an error; JSON without the field is a notice that leaves the
     * configured window.
     *
     * @param pointer where, as of RFC 6901, such as {@code /event/time}
     */
    record Pointer(String pointer) implements TimeField {
        public Pointer {
            if (!pointer.startsWith("/")) {
                throw new IllegalArgumentException("a JSON pointer begins with a slash: '" + pointer + "'");
            }
        }
    }

    /** Nowhere. */
    TimeField NOWHERE = new Nowhere();

    /** The body itself. */
    TimeField BODY = new Body();
}
