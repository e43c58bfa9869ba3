// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a program to its end or to a bound, whichever comes first. Stateless. */
final class BoundedCommand {

    /** Of its output only this much is kept; the rest is read and dropped. */
    private static final int MAX_OUTPUT_BYTES = 8 * 1024;

    /** For the output of a program that has ended. */
    private static final Duration OUTPUT_GRACE = Duration.ofMillis(200);

    private BoundedCommand() {}

    /** What came of a run. */
    sealed interface Result {
        /** It ended by itself; {@code output} is the beginning of its standard output and error. */
        record Ended(int exitCode, String output) implements Result {}

        /** It could not be started, or was still running at the bound and was killed. */
        record Failed(String reason) implements Result {}
    }

    /** Runs {@code argv} without a shell and without input. Blocks the calling virtual thread; never throws. */
    static Result run(List<String> argv, Duration bound) {
        return run(argv, Map.of(), bound);
    }

    /** @param variables of its environment, beside the agent's */
    static Result run(List<String> argv, Map<String, String> variables, Duration bound) {
        Process process;
        try {
            var builder = new ProcessBuilder(argv).redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
            // What is meant for the agent itself must not be answered by a child.
            builder.environment()
                    .keySet()
                    .removeAll(List.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                            "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"));
            builder.environment().putAll(variables);
            process = builder.start();
        } catch (IOException e) {
            return new Result.Failed("cannot run " + argv.getFirst() + ": " + e.getMessage());
        }
        var output = new CompletableFuture<String>();
        Thread.ofVirtual().name("output-of-" + argv.getFirst()).start(() -> output.complete(read(process)));
        try {
            if (!process.waitFor(bound.toNanos(), TimeUnit.NANOSECONDS)) {
                end(process);
                return new Result.Failed(
                        String.join(" ", argv) + " was still running after " + bound.toMillis() + " ms and was killed");
            }
            return new Result.Ended(process.exitValue(), output.get(OUTPUT_GRACE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            // A grandchild holds the pipe open; the program itself has ended.
            return new Result.Ended(process.exitValue(), "");
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            return new Result.Failed(argv.getFirst() + " was interrupted");
        } catch (ExecutionException e) {
            return new Result.Ended(process.exitValue(), "");
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String read(Process process) {
        try (InputStream in = process.getInputStream()) {
            String head = new String(in.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
            in.transferTo(OutputStream.nullOutputStream());
            return head;
        } catch (IOException e) {
            return "";
        }
    }
}
