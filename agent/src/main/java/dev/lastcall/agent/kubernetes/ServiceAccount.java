// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

import dev.lastcall.metadata.NodeClock;

/**
 * The credentials that the kubelet puts into a pod: a token that it renews, and the certificates that the API server is
 * known by. Thread-safe. Its text form shows no token.
 */
public final class ServiceAccount {

    /** Where the kubelet puts it. */
    public static final Path DEFAULT_DIRECTORY = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    /**
     * A token is read again after this long. The kubelet renews one at 80 % of its life, an hour as a rule, and client-go
     * reads it every minute.
     */
    static final Duration REREAD = Duration.ofMinutes(1);

    /** Largest token; those of clusters are about 1 KiB. */
    private static final int MAX_TOKEN_BYTES = 16 * 1024;

    private final Path directory;
    private final NodeClock clock;
    private String token = ""; // guarded by this
    private long readAt; // guarded by this
    private boolean stale = true; // guarded by this

    /** @param directory holds {@code token} and {@code ca.crt} */
    public ServiceAccount(Path directory, NodeClock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** The certificates of the authorities that may vouch for the API server, as a PEM file. */
    Path authorities() {
        return directory.resolve("ca.crt");
    }

    /**
     * The token as it is now; one that cannot be read any more stays in use.
     *
     * @throws IOException if there has never been one
     */
    synchronized String token() throws IOException {
        long now = clock.nanoTime();
        if (stale || now - readAt >= REREAD.toNanos()) {
            try {
                token = read(directory.resolve("token"));
                stale = false;
            } catch (IOException e) {
                if (token.isEmpty()) {
                    throw explained(e);
                }
            }
            readAt = now;
        }
        return token;
    }

    /** For a missing file, Java's message is the name and nothing else. */
    private static IOException explained(IOException e) {
        String why = switch (e) {
            case NoSuchFileException none -> none.getFile() + " does not exist; let the kubelet mount it"
                    + " (automountServiceAccountToken), or set kubernetes.serviceAccount to where it is";
            case AccessDeniedException denied ->
                denied.getFile() + " may not be read by this process; run it as the user"
                        + " that the pod's token is for";
            default -> String.valueOf(e.getMessage());
        };
        return new IOException(why, e);
    }

    /** The server did not take the token: it is read again for the next call. */
    synchronized void refused() {
        stale = true;
    }

    private static String read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_TOKEN_BYTES + 1);
            String text = new String(bytes, StandardCharsets.US_ASCII).strip();
            if (text.isEmpty() || bytes.length > MAX_TOKEN_BYTES || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IOException(file + " holds no token");
            }
            return text;
        }
    }

    @Override
    public String toString() {
        return "ServiceAccount[" + directory + "]";
    }
}
