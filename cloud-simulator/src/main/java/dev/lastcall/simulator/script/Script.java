// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A cloud and its timeline: everything that a simulator plays. Immutable. The YAML form is described in
 * {@code docs/simulate.md}.
 *
 * @param cloud which metadata server, and its options
 * @param timeline what happens
 */
public record Script(SimulatedCloud cloud, Timeline timeline) {

    /** A script is written by hand; a larger file is something else. */
    private static final int MAX_BYTES = 1024 * 1024;

    /** The names of the scripts that come with the simulator. */
    public static final List<String> EXAMPLES = List.of("aws-spot-terminate", "aws-rebalance-then-notice",
            "aws-flaky-imds", "gcp-preempted", "gcp-notice-120s", "gcp-maintenance-gpu", "azure-preempt");

    /**
     * Reads a script from a file.
     *
     * @throws IOException if the file cannot be read
     * @throws ScriptException if it holds no script; says all that is wrong
     */
    public static Script read(Path file) throws IOException, ScriptException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ScriptException(List.of(file + ":1: larger than 1MiB, so no script"));
            }
            return parse(file.toString(), new String(bytes, StandardCharsets.UTF_8));
        }
    }

    /**
     * Reads a script from text.
     *
     * @param name what problems call it
     * @throws ScriptException if it is no script; says all that is wrong
     */
    public static Script parse(String name, String text) throws ScriptException {
        return ScriptReader.read(name, text);
    }

    /**
     * A script that comes with the simulator.
     *
     * @param name one of {@link #EXAMPLES}
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Script example(String name) {
        if (!EXAMPLES.contains(name)) {
            throw new IllegalArgumentException("no example script \"" + name + "\"; there are " + EXAMPLES);
        }
        try (InputStream in = Script.class.getResourceAsStream("scripts/" + name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("the example script " + name + " is not in the program");
            }
            return parse(name + ".yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException | ScriptException e) {
            throw new IllegalStateException("the example script " + name + " is broken", e);
        }
    }

    /** The script as YAML that {@link #parse} turns back into an equal script. */
    public String toYaml() {
        return ScriptWriter.write(this);
    }
}
