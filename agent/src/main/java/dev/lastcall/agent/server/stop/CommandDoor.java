// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.agent.server.Door;
import dev.lastcall.agent.server.Stopper.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A door with a program of the operator's that is run at each notice, such as one that drains the node in its own cluster. The
 * program is ended at the drain's kill. Thread-safe.
 */
public final class CommandDoor implements Door {

    /** The seconds until the node is gone, in the program's environment. */
    public static final String SECONDS_LEFT = "DRAIN_SECONDS_LEFT";

    /** The server's name, in the program's environment. */
    public static final String SERVER = "DRAIN_SERVER";

    private static final Logger log = LoggerFactory.getLogger(CommandDoor.class);

    private static final int MAX_SHOWN = 500;

    private final String server;
    private final Door door;
    private final List<String> argv;

    /**
     * @param door what closes and opens
     * @param argv the program and its arguments, run without a shell
     */
    public CommandDoor(String server, Door door, List<String> argv) {
        this.server = server;
        this.door = door;
        this.argv = List.copyOf(argv);
    }

    @Override
    public Optional<Duration> lettingIn() {
        return door.lettingIn();
    }

    @Override
    public void announceClosing(long cutAt) {
        door.announceClosing(cutAt);
    }

    @Override
    public void refuseConnections() {
        door.refuseConnections();
    }

    @Override
    public void closeDoor() {
        door.closeDoor();
    }

    @Override
    public void openDoor() {
        door.openDoor();
    }

    @Override
    public Outcome onNotice(Duration left, Duration bound) {
        Map<String, String> variables = Map.of(SECONDS_LEFT, Long.toString(left.toSeconds()), SERVER, server);
        return switch (BoundedCommand.run(argv, variables, bound)) {
            case BoundedCommand.Result.Failed(String reason) -> new Outcome.Failed(reason);
            case BoundedCommand.Result.Ended(int exitCode, String output) when exitCode == 0 -> {
                log.atInfo()
                        .addKeyValue("server", server)
                        .addKeyValue("output", shown(output))
                        .log("the door's command has ended");
                yield Outcome.DONE;
            }
            case BoundedCommand.Result.Ended(int exitCode, String output) -> new Outcome.Failed(
                    String.join(" ", argv) + " ended with " + exitCode + ": " + shown(output));
        };
    }

    private static String shown(String output) {
        String line = output.strip().replaceAll("\\p{Cntrl}+", " ");
        return line.isEmpty() ? "no output" : line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
    }
}
