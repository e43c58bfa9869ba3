// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

import dev.lastcall.metadata.NodeClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class StatusWatchTest {

    /** Sleeps by going forward. */
    private static final class JumpingClock implements NodeClock {
        private long now;

        @Override
        public Instant wallTime() {
            return Instant.ofEpochSecond(0, now);
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void sleepUntil(long nanoTime) {
            now = Math.max(now, nanoTime);
        }
    }

    /** Gives keys one after the other, each after half a second; {@code r} makes the screen smaller. */
    private static final class ScriptedScreen implements WatchScreen {
        private final List<List<String>> frames = new ArrayList<>();
        private final JumpingClock clock;
        private final String keys;
        private int next;
        private TerminalScreen size = new TerminalScreen(4, 60, false);

        ScriptedScreen(JumpingClock clock, String keys) {
            this.clock = clock;
            this.keys = keys;
        }

        @Override
        public TerminalScreen size() {
            return size;
        }

        @Override
        public void draw(List<String> lines) {
            frames.add(List.copyOf(lines));
        }

        @Override
        public char key() throws InterruptedException {
            clock.sleep(Duration.ofMillis(500));
            char key = keys.charAt(next++);
            if (key == 'r') {
                size = new TerminalScreen(3, 30, false);
            }
            return key == '.' ? NONE : key;
        }

        @Override
        public void close() {}
    }

    private final JumpingClock clock = new JumpingClock();
    private int looks;

    private List<List<String>> frames(String keys, IntFunction<List<String>> status) throws InterruptedException {
        ScriptedScreen screen = new ScriptedScreen(clock, keys);
        new StatusWatch(status, clock).draw(screen);
        return screen.frames;
    }

    private List<String> look(int width) {
        looks++;
        return List.of("look " + looks, "width " + width);
    }

    @Test
    void theStatusIsDrawnEachSecondUntilQ() throws InterruptedException {
        assertThat(frames("....q", this::look)).containsExactly(
                List.of("1970-01-01T00:00:00Z   q leaves, p pauses", "look 1", "width 60"),
                List.of("1970-01-01T00:00:01Z   q leaves, p pauses", "look 2", "width 60"),
                List.of("1970-01-01T00:00:02Z   q leaves, p pauses", "look 3", "width 60"));
    }

    @Test
    void aPauseKeepsWhatIsShownAndSaysSince() throws InterruptedException {
        List<List<String>> frames = frames("p...pq", this::look);

        assertThat(frames).extracting(frame -> frame.get(1)).containsExactly("look 1", "look 1", "look 1", "look 2");
        assertThat(frames.get(2).getFirst()).isEqualTo("PAUSED 1970-01-01T00:00:00Z   q leaves, p goes on");
    }

    @Test
    void theSizeIsTheTerminalsOfThatMoment() throws InterruptedException {
        List<List<String>> frames = frames("r.q",
                width -> List.of("width " + width, "two", "three", "four"));

        assertThat(frames.getFirst()).hasSize(4).last().isEqualTo("… 2 more lines");
        assertThat(frames.getLast()).hasSize(3).contains("width 30").last().isEqualTo("… 3 more lines");
        assertThat(frames.getLast().getFirst()).hasSize(30);
    }

    @Test
    void anAgentThatIsSilentIsSaidAndAskedAgain() throws InterruptedException {
        List<List<String>> frames = frames("..q", width -> {
            if (looks++ == 0) {
                throw new CommandFailure(ExitCode.FAILURE, "no agent answers");
            }
            return List.of("back");
        });

        assertThat(frames).extracting(frame -> frame.get(1)).containsExactly("no agent answers", "back");
    }

    @Test
    void aTerminalThatIsGoneEndsIt() throws InterruptedException {
        assertThat(frames(String.valueOf(WatchScreen.GONE), this::look)).hasSize(1);
    }

    @Test
    void withoutATerminalOneComesAfterTheOtherUntilTheReaderIsGone() throws InterruptedException {
        StringWriter read = new StringWriter();
        Writer pipe = new Writer() {
            @Override
            public void write(char[] text, int from, int length) throws IOException {
                if (looks > 2) {
                    throw new IOException("Broken pipe");
                }
                read.write(text, from, length);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };

        new StatusWatch(this::look, clock).print(terminal(pipe));

        assertThat(read.toString()).isEqualTo("look 1\nwidth 80\nlook 2\nwidth 80\n");
        assertThat(clock.now).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void withoutATerminalAnAgentThatIsSilentIsAFailure() {
        StatusWatch watch = new StatusWatch(_ -> {
            throw new CommandFailure(ExitCode.FAILURE, "no agent answers");
        }, clock);

        assertThatThrownBy(() -> watch.print(terminal(new StringWriter()))).isInstanceOf(CommandFailure.class);
    }

    private static Terminal terminal(Writer out) {
        return new Terminal(new PrintWriter(out, true), new PrintWriter(new StringWriter()), Map.of(), false, 80);
    }
}
