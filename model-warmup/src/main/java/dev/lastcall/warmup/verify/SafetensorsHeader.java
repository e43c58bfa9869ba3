// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.warmup.text.Amount;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The head of a safetensors file: eight bytes of length, little-endian, that much JSON, then the tensors, whose
 * {@code data_offsets} count from the end of the JSON and must fill the rest of the file exactly.
 */
final class SafetensorsHeader {

    /** The reference implementation's own limit. */
    private static final long MAX_HEADER_BYTES = 100_000_000;

    private SafetensorsHeader() {}

    /** What is wrong, if anything is. */
    static Optional<String> fault(Path file) throws IOException {
        long size = Files.size(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 64 << 10)) {
            byte[] prefix = in.readNBytes(8);
            if (prefix.length < 8) {
                return Optional.of("too short for a safetensors file");
            }
            long header = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (header < 2 || header > MAX_HEADER_BYTES || header > size - 8) {
                return Optional
                        .of("not a safetensors file: its header would be larger than the file, or than any header");
            }
            return fault(new Bounded(in, header), size - 8 - header);
        } catch (JacksonException e) {
            return Optional.of("the header is no valid JSON");
        }
    }

    private static Optional<String> fault(InputStream header, long dataBytes) {
        long end = 0;
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), header)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.of("the header is no JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String tensor = parser.currentName();
                JsonToken value = parser.nextToken();
                if (tensor.equals("__metadata__")) {
                    parser.skipChildren();
                } else if (value != JsonToken.START_OBJECT) {
                    return Optional.of("tensor " + tensor + " is not described");
                } else {
                    end = Math.max(end, endOf(parser));
                }
            }
        }
        return end == dataBytes
                ? Optional.empty()
                : Optional.of(end == Long.MAX_VALUE
                        ? "a tensor has no usable data_offsets"
                        : end > dataBytes
                                ? "its tensors need " + Amount.of(end - dataBytes) + " more than the file has"
                                : "the file has " + Amount.of(dataBytes - end) + " more than its tensors need");
    }

    /** The second of the tensor's data_offsets; a value that no size equals where they make no sense. */
    private static long endOf(JsonParser parser) {
        long end = -1;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean isOffsets = parser.currentName().equals("data_offsets");
            JsonToken value = parser.nextToken();
            if (isOffsets && value == JsonToken.START_ARRAY) {
                long begin = number(parser);
                end = number(parser);
                boolean isSound = begin >= 0 && end >= begin && parser.nextToken() == JsonToken.END_ARRAY;
                if (!isSound) {
                    return Long.MAX_VALUE;
                }
            } else {
                parser.skipChildren();
            }
        }
        return end < 0 ? Long.MAX_VALUE : end;
    }

    private static long number(JsonParser parser) {
        return parser.nextToken() == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : -1;
    }

    /** Ends where the header does. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private long left;

        Bounded(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            return left > 0 && left-- > 0 ? in.read() : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int count = in.read(into, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }
    }
}
