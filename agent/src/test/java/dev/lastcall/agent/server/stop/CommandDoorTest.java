// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.Stopper.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

final class CommandDoorTest {

    private static final Duration BOUND = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final List<String> turned = new ArrayList<>();
    private final Door gate = new Door() {
        @Override
        public void closeDoor() {
            turned.add("close");
        }

        @Override
        public void openDoor() {
            turned.add("open");
        }
    };

    private CommandDoor door(String... argv) {
        return new CommandDoor("ray", gate, List.of(argv));
    }

    @Test
    void runsTheProgramWithTheSecondsThatAreLeft() throws Exception {
        Path said = directory.resolve("said");
        CommandDoor door = door("sh", "-c", "echo $DRAIN_SERVER $DRAIN_SECONDS_LEFT > \"$0\"", said.toString());
        door.closeDoor();
        door.openDoor();
        assertThat(turned).containsExactly("close", "open");
        assertThat(said).doesNotExist();

        assertThat(door.onNotice(Duration.ofMillis(27_900), BOUND)).isEqualTo(Outcome.DONE);

        assertThat(Files.readString(said)).isEqualTo("ray 27\n");
    }

    @Test
    void reportsAProgramThatFailsWithABoundedPartOfItsOutput() {
        assertThat(door("sh", "-c", "echo no such node; yes | head -c 100000; exit 3").onNotice(BOUND, BOUND))
                .isInstanceOfSatisfying(Outcome.Failed.class, failed -> assertThat(failed.reason())
                        .contains("ended with 3: no such node y y")
                        .hasSizeLessThan(1000));
        assertThat(door("/no/such/program").onNotice(BOUND, BOUND)).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void endsAProgramThatIsNotThroughInTimeAndItsChildren() throws Exception {
        Path child = directory.resolve("child");
        Outcome outcome = door("sh", "-c", "sleep 600 & echo $! > \"$0\"; wait", child.toString()).onNotice(BOUND,
                Duration.ofSeconds(2));

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class,
                failed -> assertThat(failed.reason()).contains("was killed"));
        long pid = Long.parseLong(Files.readString(child).strip());
        await()
                .until(() -> new ProcessTable(Path.of("/proc")).find(pid).isEmpty());
    }
}
