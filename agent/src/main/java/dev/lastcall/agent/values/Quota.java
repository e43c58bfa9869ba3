// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of a file system something may use. */
public sealed interface Quota {

    /** What is allowed, for messages. */
    String ALLOWED = "a share such as 80%, a size such as 500GiB, or none";

    /** The bytes on a file system of that size; 0 for no quota. */
    long bytes(long fileSystemBytes);

    /**
     * A share of the file system.
     *
     * @param percent 1 to 100
     */
    record Share(int percent) implements Quota {
        private static final Pattern SHAPE = Pattern.compile("([1-9]\\d?|100)%");

        @Override
        public long bytes(long fileSystemBytes) {
            return fileSystemBytes / 100 * percent;
        }

        @Override
        public String toString() {
            return percent + "%";
        }
    }

    /** A number of bytes. */
    record Fixed(ByteSize size) implements Quota {
        @Override
        public long bytes(long fileSystemBytes) {
            return size.bytes();
        }

        @Override
        public String toString() {
            return size.bytes() == 0 ? "none" : size.toString();
        }
    }

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if the text is none
     */
    static Quota parse(String text) {
        Matcher share = Share.SHAPE.matcher(text);
        if (share.matches()) {
            return new Share(Integer.parseInt(share.group(1)));
        }
        if (text.equals("none")) {
            return new Fixed(new ByteSize(0));
        }
        ByteSize size = ByteSize.parse(text);
        if (size.bytes() == 0) {
            throw new IllegalArgumentException("leaves no room; write none for no quota");
        }
        return new Fixed(size);
    }
}
