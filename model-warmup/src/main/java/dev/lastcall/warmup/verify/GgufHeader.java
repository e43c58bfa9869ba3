// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.verify;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.warmup.text.Amount;

/**
 * The head of a GGUF file, versions 2 and 3, little-endian: magic, counts, key/values, tensor infos, then aligned data.
 * Every tensor must begin inside the file.
 */
final class GgufHeader {

    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final long MAX_COUNT = 1 << 20;
    private static final long MAX_ARRAY = 1 << 24;
    private static final int MAX_DIMENSIONS = 8;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    /** Bytes of a value by its type: u8 i8 u16 i16 u32 i32 f32 bool, string and array apart, u64 i64 f64. */
    private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    private final InputStream in;
    private long position;
    private long alignment = DEFAULT_ALIGNMENT;

    private GgufHeader(InputStream in) {
        this.in = in;
    }

    /** What is wrong, if anything is. */
    static Optional<String> fault(Path file) throws IOException {
        long size = Files.size(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 64 << 10)) {
            return new GgufHeader(in).faultIn(size);
        } catch (EOFException e) {
            return Optional.of("the file ends inside its own header");
        }
    }

    private Optional<String> faultIn(long size) throws IOException {
        if ((int) number(4) != MAGIC) {
            return Optional.of("not a GGUF file");
        }
        long version = number(4);
        if (version != 2 && version != 3) {
            return Optional.of("GGUF version " + version + ", known are 2 and 3");
        }
        long tensors = number(8);
        long values = number(8);
        if (tensors < 0 || tensors > MAX_COUNT || values < 0 || values > MAX_COUNT) {
            return Optional.of("an impossible number of tensors or values in the header");
        }
        for (long i = 0; i < values; i++) {
            String key = string();
            int type = (int) number(4);
            if (key.equals("general.alignment") && type == 4) {
                alignment = Math.max(1, number(4));
            } else {
                skipValue(type, 0);
            }
        }
        long last = 0;
        for (long i = 0; i < tensors; i++) {
            skip(number(8));
            long dimensions = number(4);
            if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
                return Optional.of("a tensor with " + dimensions + " dimensions");
            }
            skip(8 * dimensions + 4);
            long offset = number(8);
            if (offset < 0) {
                return Optional.of("a tensor at an impossible offset");
            }
            last = Math.max(last, offset);
        }
        long data = (position + alignment - 1) / alignment * alignment;
        return tensors == 0 || last < size - data
                ? Optional.empty()
                : Optional.of("it ends " + Amount.of(data + last - size) + " before its last tensor begins");
    }

    private void skipValue(int type, int depth) throws IOException {
        if (type == STRING) {
            skip(number(8));
        } else if (type == ARRAY) {
            int element = (int) number(4);
            long count = number(8);
            if (count < 0 || count > MAX_ARRAY || depth > 2) {
                throw new EOFException();
            }
            if (element == STRING || element == ARRAY) {
                for (long i = 0; i < count; i++) {
                    skipValue(element, depth + 1);
                }
            } else {
                skip(count * width(element));
            }
        } else {
            skip(width(type));
        }
    }

    private static int width(int type) throws EOFException {
        if (type < 0 || type >= VALUE_BYTES.length) {
            throw new EOFException();
        }
        return VALUE_BYTES[type];
    }

    private String string() throws IOException {
        long length = number(8);
        if (length < 0 || length > 65_535) {
            throw new EOFException();
        }
        return new String(bytes((int) length), StandardCharsets.UTF_8);
    }

    private long number(int width) throws IOException {
        byte[] bytes = new byte[8];
        System.arraycopy(bytes(width), 0, bytes, 0, width);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException();
        }
        position += count;
        return bytes;
    }

    private void skip(long count) throws IOException {
        if (count < 0) {
            throw new EOFException();
        }
        in.skipNBytes(count);
        position += count;
    }
}
