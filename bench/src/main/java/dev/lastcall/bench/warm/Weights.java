// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import dev.lastcall.warmup.verify.OrderedHash;
import dev.lastcall.warmup.verify.PartSum;

/**
 * The files that are fetched, in memory so that the server needs no disk, with the digests that a store would tell.
 *
 * @param folder where they are
 * @param label such as {@code 4 x 1GiB}
 * @param files by name
 */
record Weights(Path folder, String label, Map<String, Source> files) {

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,4})x(\\d{1,5})(kB|MiB|GiB)");
    private static final int BUFFER_BYTES = 1 << 20;

    /**
     * One file.
     *
     * @param bytes its size
     * @param digests by kind
     */
    record Source(long bytes, Map<DigestKind, Digest> digests) {}

    /** @param shape such as {@code 64x16MiB} */
    static Weights random(Path parent, String shape) throws IOException {
        Matcher matcher = SHAPE.matcher(shape);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a shape such as 4x1GiB: " + shape);
        }
        int count = Integer.parseInt(matcher.group(1));
        long bytes = Long.parseLong(matcher.group(2)) * switch (matcher.group(3)) {
            case "kB" -> 1000;
            case "MiB" -> 1 << 20;
            default -> 1 << 30;
        };
        Path folder = Files.createDirectories(parent.resolve(shape));
        Map<String, Source> files = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            String name = String.format(Locale.ROOT, "shard-%05d-of-%05d.bin", i + 1, count);
            files.put(name, write(folder.resolve(name), bytes, i));
        }
        return new Weights(folder, count + " x " + matcher.group(2) + " " + matcher.group(3), files);
    }

    private static Source write(Path path, long bytes, int seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] block = new byte[BUFFER_BYTES];
        PartSum crc32c = PartSum.forDigest(java.util.Optional.of(DigestKind.CRC32C));
        PartSum crc64 = PartSum.forDigest(java.util.Optional.of(DigestKind.CRC64NVME));
        OrderedHash sha256 = OrderedHash.start(DigestKind.SHA256, bytes);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            for (long at = 0; at < bytes; at += block.length) {
                random.nextBytes(block);
                ByteBuffer buffer = ByteBuffer.wrap(block, 0, (int) Math.min(block.length, bytes - at));
                crc32c.update(buffer);
                crc64.update(buffer);
                sha256.update(buffer.duplicate());
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        }
        return new Source(bytes, Map.of(DigestKind.CRC32C, Digest.ofCrc(DigestKind.CRC32C, crc32c.value()),
                DigestKind.CRC64NVME, Digest.ofCrc(DigestKind.CRC64NVME, crc64.value()), DigestKind.SHA256,
                sha256.finish()));
    }

    /** Files of holes: as large as wanted, and no memory behind them. The store has no digest of them. */
    static Weights sparse(Path parent, int count, long bytes) throws IOException {
        Path folder = Files.createDirectories(parent.resolve("sparse-" + count));
        Map<String, Source> files = new TreeMap<>();
        for (int i = 1; i <= count; i++) {
            String name = "holes-" + i + ".bin";
            try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
                file.setLength(bytes);
            }
            files.put(name, new Source(bytes, Map.of()));
        }
        return new Weights(folder, count + " x " + (bytes >> 30) + " GiB of holes", files);
    }

    long bytes() {
        return files.values().stream().mapToLong(Source::bytes).sum();
    }

    double gibibytes() {
        return bytes() / (double) (1L << 30);
    }

    List<String> names() {
        return new ArrayList<>(files.keySet());
    }

    /** That the copy is the same, by size and, where one is known, CRC32C. */
    void check(Path copy) throws IOException {
        for (Map.Entry<String, Source> file : files.entrySet()) {
            Path path = copy.resolve(file.getKey());
            if (Files.size(path) != file.getValue().bytes()) {
                throw new IOException(path + " has " + Files.size(path) + " bytes, not " + file.getValue().bytes());
            }
            Digest expected = file.getValue().digests().get(DigestKind.CRC32C);
            if (expected != null
                    && !dev.lastcall.warmup.verify.FileDigest.of(path, DigestKind.CRC32C).equals(expected)) {
                throw new IOException(path + " holds wrong bytes");
            }
        }
    }
}
