// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Asks systemd by its own command, with a bound. Immutable. */
public final class Systemctl {

    private static final int ANSWER_LIMIT_BYTES = 64 * 1024;

    private final List<String> command;

    /** @param command the command, which is given its arguments */
    public Systemctl(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** The one of this machine. */
    public static Systemctl local() {
        return new Systemctl(List.of("systemctl"));
    }

    /**
     * What came back.
     *
     * @param exitCode 0 where all went well; some questions are answered by the code
     * @param text standard output and error
     */
    public record Answer(int exitCode, String text) {}

    /**
     * Runs it. Blocks the calling thread for at most {@code bound}.
     *
     * @throws IOException if it cannot be run, or does not end in time
     */
    public Answer run(Duration bound, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
        try {
            if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", line) + " did not end within " + bound.toSeconds() + " s");
            }
            byte[] answer = process.getInputStream().readNBytes(ANSWER_LIMIT_BYTES);
            return new Answer(process.exitValue(), new String(answer, StandardCharsets.UTF_8).strip());
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /**
     * Some properties of a unit. A property that systemd does not know is absent.
     *
     * @throws IOException as {@link #run} does
     */
    public Map<String, String> show(Duration bound, String unit, List<String> properties) throws IOException {
        return run(bound, "show", "--property=" + String.join(",", properties), unit).text()
                .lines()
                .filter(line -> line.contains("="))
                .collect(Collectors.toMap(line -> line.substring(0, line.indexOf('=')),
                        line -> line.substring(line.indexOf('=') + 1).strip(), (first, second) -> first));
    }

    /** The words of a property that is a list of them; none where it is absent. */
    public static List<String> words(Map<String, String> shown, String property) {
        return Arrays.stream(shown.getOrDefault(property, "").split(" ", -1)).filter(word -> !word.isEmpty()).toList();
    }
}
