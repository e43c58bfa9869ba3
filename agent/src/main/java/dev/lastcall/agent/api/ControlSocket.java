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

import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;

/**
 * The file side of the control socket. It is bound under another name and gets its mode before it appears under its
 * own, so that nobody can connect too early, and a socket that another agent answers on is never taken away.
 */
final class ControlSocket {

    private static final String MODE = "rw-rw----";
    private static final String DIRECTORY_MODE = "rwxr-xr-x";

    private final Path path;

    ControlSocket(Path path) {
        this.path = path;
    }

    /** Makes the server listen here. */
    void listen(HttpServer server) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException("is a root directory");
        }
        makeDirectory(parent);
        removeStale();
        Path hidden = parent.resolve("." + ProcessHandle.current().pid() + ".sock");
        Files.deleteIfExists(hidden);
        try {
            server.listen(SocketAddress.domainSocketAddress(hidden.toString())).await();
            Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString(MODE));
            Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(hidden);
        }
    }

    /** Takes the file away. */
    void remove() throws IOException {
        Files.deleteIfExists(path);
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(DIRECTORY_MODE)));
        }
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
