// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** On a real pseudo terminal, which script(1) makes. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TtyScreenTest {

    private static final String ENTER = "\u001b[?1049h";
    private static final String LEAVE = "\u001b[?1049l";
    private static final char CTRL_C = 3;

    private final StringBuilder seen = new StringBuilder();
    private @Nullable Process started;

    /** What runs on the terminal: a watch of one line. */
    static final class OnTerminal {
        private OnTerminal() {}

        public static void main(String[] args) throws InterruptedException {
            try (WatchScreen screen = TtyScreen.open(Terminal.system()).orElseThrow()) {
                new StatusWatch(width -> {
                    if (args.length > 0) {
                        throw new IllegalStateException("broken");
                    }
                    return List.of("drawn " + width);
                }, NodeClock.system()).draw(screen);
            }
        }
    }

    /** The settings are printed before and after. */
    private void start(String argument) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java") + " -cp '"
                + System.getProperty("java.class.path") + "' '" + OnTerminal.class.getName() + "' " + argument;
        // A build in the background ignores the interrupt, and all that it starts would inherit that.
        ProcessBuilder builder = new ProcessBuilder("env", "--default-signal=INT", "script", "-qfec",
                "trap : INT; stty cols 70 rows 20; echo before=$(stty -g)=; " + java
                        + "; echo exit=$?=; echo after=$(stty -g)=",
                "/dev/null").redirectErrorStream(true);
        builder.environment().put("TERM", "xterm");
        builder.environment().put("SHELL", "/bin/sh");
        started = builder.start();
    }

    private Process script() {
        return Objects.requireNonNull(started);
    }

    @AfterEach
    void end() {
        if (started != null) {
            started.descendants().forEach(ProcessHandle::destroyForcibly);
            started.destroyForcibly();
        }
    }

    private void await(String text) throws IOException {
        InputStream out = script().getInputStream();
        while (seen.indexOf(text) < 0) {
            int next = out.read();
            assertThat(next).describedAs("after %s", seen).isNotNegative();
            seen.append((char) next);
        }
    }

    private void press(char key) throws IOException {
        script().getOutputStream().write(key);
        script().getOutputStream().flush();
    }

    private void isGivenBack(String exit) throws IOException, InterruptedException {
        seen.append(new String(script().getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertThat(script().waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.indexOf(LEAVE)).isGreaterThan(seen.indexOf(ENTER)).isLessThan(seen.indexOf("exit="));
        assertThat(value("exit")).isEqualTo(exit);
        assertThat(value("after")).isEqualTo(value("before")).isNotEmpty();
    }

    private String value(String name) {
        int begin = seen.indexOf(name + "=") + name.length() + 1;
        return seen.substring(begin, seen.indexOf("=", begin)).strip();
    }

    @Test
    void theTerminalIsGivenBackAfterQ() throws IOException, InterruptedException {
        start("");
        await("drawn 70");
        press('p');
        await("PAUSED");
        press('q');
        isGivenBack("0");
    }

    @Test
    void theTerminalIsGivenBackAfterAnInterrupt() throws IOException, InterruptedException {
        start("");
        await("drawn 70");
        press(CTRL_C);
        isGivenBack("130");
    }

    @Test
    void theTerminalIsGivenBackAfterAFault() throws IOException, InterruptedException {
        start("broken");
        isGivenBack("1");
    }
}
