// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.util.ArrayList;
import java.util.List;

/** What goes wrong with one response. */
public sealed interface Fault {

    /** Nothing. */
    record None() implements Fault {}

    /** The connection is reset after so many bytes of the body. */
    record Reset(long afterBytes) implements Fault {}

    /** The body ends cleanly after so many bytes although more were promised. */
    record EndsEarly(long afterBytes) implements Fault {}

    /** No more bytes after so many, with the connection left open. */
    record Stall(long afterBytes) implements Fault {}

    /** So many bytes a second. */
    record Slow(long bytesPerSecond) implements Fault {}

    /** Another status, with header lines and a body. */
    record Status(int code, List<String> headers, String body) implements Fault {
        /** The same with a header more. */
        public Status with(String header) {
            List<String> more = new ArrayList<>(headers);
            more.add(header);
            return new Status(code, more, body);
        }
    }

    /** 206 for a range that lies so many bytes further on. */
    record ShiftedRange(int by) implements Fault {}

    /** 206 whose body has so many bytes more than the range. */
    record Longer(int by) implements Fault {}

    /** 200 and everything. */
    record IgnoredRange() implements Fault {}

    /** One byte of the body is flipped. */
    record Flipped(long atByte) implements Fault {}

    /** 206 without Content-Range. */
    record NoContentRange() implements Fault {}

    /** Not HTTP. */
    record Garbage(String text) implements Fault {}

    /** No Content-Length: the body in chunks, or up to the end of the connection, with so many bytes more. */
    record Unframed(boolean isChunked, int more) implements Fault {}

    /** A 200 with the Content-Range of the range and its bytes. */
    record RangeAs200() implements Fault {}

    /** 206 that names a total so many bytes larger. */
    record OtherTotal(int by) implements Fault {}

    /** Another entity tag beside the same bytes, whatever the condition was. */
    record Tag(String etag) implements Fault {}

    /** The weak form of the object's entity tag. */
    record Weakened() implements Fault {}
}
