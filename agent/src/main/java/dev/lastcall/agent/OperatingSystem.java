// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the agent must know of the operating system when it is told to end: whether the machine goes down with it.
 *
 * <p>An upgrade or a restart of the agent sends the same SIGTERM as a shutdown of the machine. Only systemd can tell the
 * two apart: its manager state is {@code stopping} from the moment a shutdown is queued (systemctl(1),
 * is-system-running). Where systemd is not the init, the answer is no.
 */
final class OperatingSystem {

    /** Longest wait for systemctl's answer; the default of 90 s for a unit's stop leaves room for it. */
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(2);

    private static final int ANSWER_LIMIT_BYTES = 64;

    private final Path booted;
    private final List<String> question;

    /** The operating system this process runs on. */
    static OperatingSystem current() {
        return new OperatingSystem(Path.of("/run/systemd/system"), List.of("systemctl", "is-system-running"));
    }

    /**
     * @param booted the directory that exists where systemd is the init (sd_booted(3))
     * @param question the command that prints the manager's state
     */
    OperatingSystem(Path booted, List<String> question) {
        this.booted = booted;
        this.question = List.copyOf(question);
    }

    /** Whether a shutdown or a reboot is under way; false where it cannot be found out. Blocks for 2 s at most. */
    boolean isShuttingDown() {
        if (!Files.isDirectory(booted)) {
            return false;
        }
        try {
            Process process = new ProcessBuilder(question).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(ANSWER_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return false;
            }
            byte[] answer = process.getInputStream().readNBytes(ANSWER_LIMIT_BYTES);
            return new String(answer, StandardCharsets.US_ASCII).strip().equals("stopping");
        } catch (IOException unanswered) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
