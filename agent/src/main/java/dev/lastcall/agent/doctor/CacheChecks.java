// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.agent.models.CacheSettings;
import dev.lastcall.warmup.text.Amount;

/** The disk of the cache: which kind it is, and what is free. Writes to it only where that is asked for. */
final class CacheChecks {

    private static final Set<String> REMOTE = Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "glusterfs",
            "lustre", "9p", "afs", "beegfs", "gpfs", "virtiofs");
    private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");
    private static final String CONTAINER = "overlay";
    private static final String REMEDY = "set cache.path to a directory on a local NVMe disk; "
            + "lsblk -o NAME,MODEL,ROTA,MOUNTPOINT lists them";

    private static final int TEST_BYTES = 256 * 1024 * 1024;
    private static final int PIECE_BYTES = 8 * 1024 * 1024;
    private static final Duration TEST_BOUND = Duration.ofSeconds(5);
    private static final double SLOW_MIB = 300;
    private static final double MIB = 1024.0 * 1024;

    private final Surroundings node;
    private final boolean write;

    /** @param write whether a file may be written to see how fast that goes */
    CacheChecks(Surroundings node, boolean write) {
        this.node = node;
        this.write = write;
    }

    List<DoctorCheck> all() {
        if (node.config().models().isEmpty()) {
            return List.of();
        }
        Path path = node.config().cache().path();
        List<DoctorCheck> checks = new ArrayList<>();
        checks.add(new DoctorCheck(FindingArea.CACHE, path.toString(), "findmnt -T " + path, this::look));
        if (write) {
            checks.add(new DoctorCheck(FindingArea.CACHE, "write speed", "findmnt -T " + path,
                    () -> List.of(speed(existing(path)))));
        }
        return checks;
    }

    private List<NodeFinding> look() throws IOException {
        CacheSettings cache = node.config().cache();
        Path there = existing(cache.path());
        FileStore store = Files.getFileStore(there);
        List<NodeFinding> findings = new ArrayList<>();
        findings.add(kind(cache.path(), store.type(), there));
        long free = store.getUsableSpace();
        long quota = cache.quota().bytes(store.getTotalSpace());
        long reserve = cache.reserve().bytes();
        String room = Amount.of(free) + " are free of " + Amount.of(store.getTotalSpace()) + "; quota "
                + (quota == 0 ? "none" : Amount.of(quota)) + ", reserve " + Amount.of(reserve);
        findings.add(free <= reserve
                ? NodeFinding.fail(FindingArea.CACHE, cache.path().toString(), "has no room for a model: " + room,
                        "du -xhd1 " + there + "; free some space, or set cache.reserve or cache.path")
                : NodeFinding.ok(FindingArea.CACHE, cache.path().toString(), room));
        return findings;
    }

    private NodeFinding kind(Path path, String type, Path there) {
        String subject = path.toString();
        if (REMOTE.contains(type) || type.startsWith("fuse")) {
            return NodeFinding.warn(FindingArea.CACHE, subject, "is on a network disk (" + type
                    + "), which is slower than the store that models come from, or hangs with it", REMEDY);
        }
        if (MEMORY.contains(type)) {
            return NodeFinding.warn(FindingArea.CACHE, subject, "is in memory (" + type + "), which models fill up",
                    REMEDY);
        }
        if (type.equals(CONTAINER)) {
            return NodeFinding.warn(FindingArea.CACHE, subject, "is in the container's own layer, and gone with it",
                    "mount a hostPath or a local volume at " + path);
        }
        BlockDevice device = BlockDevice.under(there, node.root());
        return device.objection()
                .map(why -> NodeFinding.warn(FindingArea.CACHE, subject, "is on " + why + " (" + type + ")", REMEDY))
                .orElseGet(() -> NodeFinding.ok(FindingArea.CACHE, subject,
                        "is on " + device.name().orElse("a local disk") + " (" + type + ")"));
    }

    /** The nearest folder that is there. */
    static Path existing(Path path) throws IOException {
        for (Path there = path; there != null; there = there.getParent()) {
            if (Files.exists(there)) {
                return there;
            }
        }
        throw new IOException(path + " has no folder above it");
    }

    private static NodeFinding speed(Path folder) throws IOException {
        Path file = Files.createTempFile(folder, ".lastcall-doctor-", ".tmp");
        long began = System.nanoTime();
        long written = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
            while (written < TEST_BYTES && System.nanoTime() - began < TEST_BOUND.toNanos()) {
                piece.clear();
                while (piece.hasRemaining()) {
                    written += channel.write(piece);
                }
                channel.force(false);
            }
        } finally {
            Files.deleteIfExists(file);
        }
        double rate = written / MIB / ((System.nanoTime() - began) / 1e9);
        String text = Amount.of(written) + " written at " + Math.round(rate) + " MiB/s";
        return rate < SLOW_MIB
                ? NodeFinding.warn(FindingArea.CACHE, "write speed",
                        text + ", which is less than a local NVMe disk does",
                        REMEDY)
                : NodeFinding.ok(FindingArea.CACHE, "write speed", text);
    }

    /** A disk as the kernel describes it. */
    private record BlockDevice(Optional<String> name, Optional<String> model, boolean rotates) {

        private static final int MAJOR_SHIFT = 8;
        private static final int MAJOR_MASK = 0xfff;
        private static final int MINOR_MASK = 0xff;
        private static final int HIGH_MINOR_SHIFT = 12;
        private static final int HIGH_MINOR_MASK = 0xfff00;

        static BlockDevice under(Path folder, Path root) {
            try {
                long dev = ((Number) Files.getAttribute(folder, "unix:dev")).longValue();
                long major = (dev >> MAJOR_SHIFT) & MAJOR_MASK;
                long minor = (dev & MINOR_MASK) | ((dev >> HIGH_MINOR_SHIFT) & HIGH_MINOR_MASK);
                Path device = root.resolve("sys/dev/block/" + major + ":" + minor).toRealPath();
                // A partition is a folder in that of its disk.
                Path whole = device.getParent();
                Path disk = whole == null || Files.exists(device.resolve("queue")) ? device : whole;
                return new BlockDevice(Optional.of(disk.getFileName().toString()), word(disk.resolve("device/model")),
                        word(disk.resolve("queue/rotational")).filter("1"::equals).isPresent());
            } catch (IOException | UnsupportedOperationException unknown) {
                return new BlockDevice(Optional.empty(), Optional.empty(), false);
            }
        }

        private static Optional<String> word(Path file) {
            try {
                return Optional.of(Files.readString(file).strip());
            } catch (IOException none) {
                return Optional.empty();
            }
        }

        /** Why it is not a fast local disk. */
        Optional<String> objection() {
            if (model.filter(one -> one.startsWith("Amazon Elastic Block") || one.startsWith("PersistentDisk")
                    || one.startsWith("nvme_card-pd") || one.startsWith("Virtual Disk")).isPresent()) {
                return Optional.of("a network disk of the cloud, " + name.orElse("") + " " + model.get());
            }
            // The virtual disks of hypervisors say that they rotate, whatever they are.
            return rotates && name.filter(one -> one.startsWith("sd")).isPresent()
                    ? Optional.of("a disk that rotates, " + name.orElse(""))
                    : Optional.empty();
        }
    }
}
