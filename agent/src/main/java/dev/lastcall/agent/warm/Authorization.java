// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.lastcall.agent.cli.CommandFailure;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.warmup.failure.Words;
import org.jspecify.annotations.Nullable;

/** The header by which a web address knows who asks: from a file or the environment, as a flag would show it to everybody. */
final class Authorization {

    /** Holds the header's value. */
    static final String VARIABLE = "LASTCALL_AUTHORIZATION";

    /** Tokens have a few hundred bytes, a large one some thousand. */
    private static final int MAX_BYTES = 16 * 1024;

    private static final String WANTED = "is no value of an Authorization header, such as Bearer and a token, in one line";

    private Authorization() {}

    /**
     * The headers; none where neither file nor environment has one.
     *
     * @throws CommandFailure if the file cannot be read, or what it holds is none; never with its content
     */
    static Map<String, String> headers(@Nullable Path file, Map<String, String> environment) {
        if (file != null) {
            return header(read(file), "what is in " + file);
        }
        String value = environment.getOrDefault(VARIABLE, "");
        return value.isEmpty() ? Map.of() : header(value, VARIABLE);
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_BYTES + 1), StandardCharsets.UTF_8);
        } catch (IOException cannot) {
            throw new CommandFailure(ExitCode.USAGE,
                    "--authorization-file " + file + " cannot be read (" + Words.of(cannot).what()
                            + "); is it there, and may you read it?",
                    cannot);
        }
    }

    private static Map<String, String> header(String text, String what) {
        String value = text.strip();
        if (value.isEmpty() || value.length() > MAX_BYTES || !value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new CommandFailure(ExitCode.USAGE, what + " " + WANTED);
        }
        return Map.of("Authorization", value);
    }
}
