// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that one agent works in a state directory: two would each stop the same servers, and some servers take the second
 * SIGTERM for "now". The lock is the kernel's, on a file of that directory, so that it ends with its process, however that
 * ends. It is taken before any socket is opened. Thread-safe.
 */
public final class StateDirectoryLock implements AutoCloseable {

    static final String FILE = "agent.lock";

    /** More than the digits of any process id. */
    private static final int MAX_BYTES = 32;

    /** Who may read the file may also lock it, and so keep the agent from starting. */
    private static final String MODE = "rw-------";

    /** The cache may be below it, and servers of other users go through to their models. */
    private static final String DIRECTORY_MODE = "rwx--x--x";

    /** In a line of /proc/locks: the process, and device and inode of the file. */
    private static final int LOCK_PROCESS = 4;
    private static final int LOCK_FILE = 5;

    private static final Logger log = LoggerFactory.getLogger(StateDirectoryLock.class);

    /** Files locked by this process. A POSIX lock ends as soon as its process closes any descriptor of the file. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Optional<FileChannel> channel;

    private StateDirectoryLock(Path file, Optional<FileChannel> channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes it. A directory that cannot be written costs a warning only: draining needs no disk.
     *
     * @throws IOException if another agent has it; the message names that agent's process
     */
    public static StateDirectoryLock take(Path directory) throws IOException {
        Path file = directory.toAbsolutePath().normalize().resolve(FILE);
        try {
            OwnDirectory.make(directory, DIRECTORY_MODE);
            file = directory.toRealPath().resolve(FILE);
            if (!HELD.add(file)) {
                throw taken(directory, Long.toString(ProcessHandle.current().pid()));
            }
            return new StateDirectoryLock(file, Optional.of(locked(directory, file)));
        } catch (AlreadyTakenException taken) {
            throw taken;
        } catch (IOException cannot) {
            HELD.remove(file);
            log.atWarn()
                    .addKeyValue("directory", directory)
                    .addKeyValue("reason", cannot.toString())
                    .log("cannot lock the state directory: a second agent on this node would not be noticed");
            return new StateDirectoryLock(file, Optional.empty());
        }
    }

    /**
     * The process that holds the lock of a directory, as the kernel lists it; empty where none does, or that cannot be read.
     *
     * @param proc where procfs is mounted, {@code /proc}
     */
    public static Optional<Long> holder(Path directory, Path proc) {
        try (Stream<String> locks = Files.lines(proc.resolve("locks"))) {
            String inode = ":" + Files.getAttribute(directory.resolve(FILE), "unix:ino");
            return locks.map(line -> line.strip().split("\\s+", -1))
                    .filter(words -> words.length > LOCK_FILE && words[LOCK_FILE].endsWith(inode)
                            && words[LOCK_PROCESS].matches("\\d{1,18}"))
                    .map(words -> Long.valueOf(words[LOCK_PROCESS]))
                    .findFirst();
        } catch (IOException | UnsupportedOperationException unknown) {
            return Optional.empty();
        }
    }

    private static FileChannel locked(Path directory, Path file) throws IOException {
        FileChannel channel = FileChannel.open(file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE)));
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                HELD.remove(file);
                throw taken(directory, read(channel));
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    }

    private static AlreadyTakenException taken(Path directory, String pid) {
        return new AlreadyTakenException(directory, pid.matches("[0-9]+") ? "process " + pid : "process unknown");
    }

    /** Gives it back. Idempotent. */
    @Override
    public void close() {
        channel.filter(FileChannel::isOpen).ifPresent(open -> {
            try {
                open.close();
            } catch (IOException failed) {
                log.atDebug().setCause(failed).log("the lock ends with the process");
            } finally {
                HELD.remove(file);
            }
        });
    }

    /** Another agent works in the directory. */
    static final class AlreadyTakenException extends FileSystemException {

        private static final long serialVersionUID = 1;

        AlreadyTakenException(Path directory, String process) {
            super(directory.toString(), null, process);
        }

        @Override
        public String getMessage() {
            return "another agent (" + getReason() + ") works in the state directory " + getFile()
                    + ": stop that agent, or set stateDirectory to another directory";
        }
    }
}
