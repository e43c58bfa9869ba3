// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;

import dev.lastcall.agent.files.OwnDirectory;
import io.vertx.core.Future;
import io.vertx.core.net.SocketAddress;

/**
 * The file side of a local socket that a server listens on. It is bound under another name and gets its mode before it appears under its
 * own, so that no client can connect too early, and a socket that another agent answers on is never taken away.
 */
public final class SocketFile {

    private static final String DIRECTORY_MODE = "rwxr-xr-x";

    private final Path path;
    private final String mode;

    /**
     * @param path of the file
     * @param mode of the file, such as {@code rw-rw----}: who may connect
     */
    public SocketFile(Path path, String mode) {
        this.path = path;
        this.mode = mode;
    }

    /**
     * Makes a server listen here.
     *
     * @param server its own {@code listen}
     * @throws IOException if it cannot, or if another process listens here
     */
    public void listen(Function<SocketAddress, Future<?>> server) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException("is a root directory");
        }
        makeDirectory(parent);
        removeStale();
        Path hidden = parent.resolve("." + ProcessHandle.current().pid() + ".sock");
        Files.deleteIfExists(hidden);
        try {
            server.apply(SocketAddress.domainSocketAddress(hidden.toString())).await();
            Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString(mode));
            Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(hidden);
        }
    }

    /** Takes the file away. */
    public void remove() throws IOException {
        Files.deleteIfExists(path);
    }

    private static void makeDirectory(Path directory) throws IOException {
        OwnDirectory.make(directory, DIRECTORY_MODE);
    }

    private void removeStale() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
                LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isOther()) {
            throw new FileAlreadyExistsException(path.toString(), null, "is there and is no socket; move it away");
        }
        if (someoneAnswers()) {
            throw new FileAlreadyExistsException(path.toString(), null,
                    "another agent answers on it; stop that one first");
        }
        Files.delete(path);
    }

    private boolean someoneAnswers() {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return channel.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }
}
