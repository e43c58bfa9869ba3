// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.stop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

import dev.lastcall.agent.server.Stopper;

/**
 * Stops a systemd unit so that SIGTERM reaches its main process only and that systemd does not bring it back.
 *
 * <p>Only a stop job keeps {@code Restart=} from bringing a service back, whatever its value; but who gets the job's
 * SIGTERM is {@code KillMode=}'s to say, and its default, control-group, signals every process of the unit at once:
 * workers that exit on it take down what they work on. {@code KillMode=mixed} signals the main process and, at the
 * timeout, kills the rest. It cannot be set on a loaded unit ({@code systemctl set-property} takes resource limits
 * only), and {@code systemctl mask --runtime} neither changes it nor holds against a unit in {@code /etc}. So:
 *
 * <ol>
 * <li>a drop-in under {@code /run}, which a reboot removes, sets {@code KillMode=mixed}, {@code Restart=no} and a stop
 * timeout not shorter than the budget; {@code daemon-reload}; the unit is asked whether it holds;</li>
 * <li>{@code systemctl stop --no-block}.</li>
 * </ol>
 *
 * <p>A unit that already is so is stopped without the drop-in. Where the drop-in cannot be made, {@code systemctl kill}
 * signals the main process, and the stop job, which cancels a restart, follows as soon as that process is gone: a unit
 * with {@code RestartSec=0} may then be started for a moment before it is stopped again.
 *
 * <p>Thread-safe.
 */
public final class SystemdStopper implements Stopper {

    /** Sorts behind every drop-in that a package or an operator is likely to have made. */
    static final String DROP_IN = "zzz-lastcall.conf";

    private static final Duration SHOW_BOUND = Duration.ofSeconds(1);
    private static final Duration RELOAD_BOUND = Duration.ofSeconds(3);
    private static final Duration CALL_BOUND = Duration.ofSeconds(2);
    private static final Duration TIMEOUT_SLACK = Duration.ofSeconds(5);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(10);

    /** Between two questions to systemd while the main process is not there. */
    private static final Duration ASK_INTERVAL = Duration.ofMillis(200);

    private final String unit;
    private final Host host;
    private Optional<ProcessTable.Identity> main = Optional.empty(); // guarded by this
    private final ProcessFamily family; // guarded by this
    private boolean stopSent; // guarded by this
    private boolean gone; // guarded by this
    private long asked = System.nanoTime() - ASK_INTERVAL.toNanos(); // guarded by this

    /**
     * The parts of the machine that it works on.
     *
     * @param systemctl the program
     * @param runtimeUnits where runtime drop-ins go, {@code /run/systemd/system}
     * @param processes the process table
     */
    public record Host(String systemctl, Path runtimeUnits, ProcessTable processes) {
        /** This machine. */
        public static Host local() {
            return new Host("systemctl", Path.of("/run/systemd/system"), new ProcessTable(Path.of("/proc")));
        }
    }

    /** @param unit a unit's full name, such as {@code vllm.service} */
    public SystemdStopper(String unit, Host host) {
        if (!unit.matches("[A-Za-z0-9:_.@\\\\-]{1,255}") || unit.startsWith("-") || unit.startsWith(".")) {
            throw new IllegalArgumentException("not the name of a systemd unit: " + unit);
        }
        this.unit = unit.endsWith(".service") || unit.endsWith(".scope") ? unit : unit + ".service";
        this.host = host;
        this.family = new ProcessFamily(host.processes());
    }

    @Override
    public Outcome terminate(Duration bound) {
        Optional<UnitState> shown = show();
        if (shown.isEmpty()) {
            return signalMainThenStop(bound, "systemd does not answer");
        }
        UnitState state = shown.get();
        if (!state.exists()) {
            return new Outcome.Failed("systemd knows no unit " + unit + ": correct stop.systemd");
        }
        adopt(state);
        if (state.isDown()) {
            return Outcome.DONE;
        }
        noteFamily();
        if (!state.stopsMainOnly(bound)) {
            Optional<String> failure = holdDown(bound);
            if (failure.isPresent()) {
                return signalMainThenStop(bound, failure.get());
            }
        }
        return noteStopSent(systemctl(CALL_BOUND, "stop", "--no-block", unit));
    }

    @Override
    public Outcome kill(Duration bound) {
        Outcome killed = systemctl(least(bound, CALL_BOUND), "kill", "--kill-who=all", "--signal=SIGKILL", unit);
        if (killed instanceof Outcome.Failed && main().isPresent()) {
            killed = host.processes().signal(main().get(), true);
        }
        // A unit that never got its stop job would be started again.
        noteStopSent(systemctl(least(bound, CALL_BOUND), "stop", "--no-block", unit));
        Outcome rest = killFamily();
        return killed instanceof Outcome.Failed && rest instanceof Outcome.Done && isGone() ? rest : killed;
    }

    private synchronized void noteFamily() {
        main.ifPresent(family::note);
    }

    /** With {@code KillMode=process} a unit is down while some of its processes go on. */
    private synchronized Outcome killFamily() {
        return family.kill();
    }

    @Override
    public synchronized Optional<String> remains() {
        return main.filter(process -> !host.processes().isAlive(process))
                .flatMap(process -> family.outlived(process.pid()));
    }

    @Override
    public synchronized boolean isGone() {
        if (gone && stopSent) {
            return family.alive().isEmpty();
        }
        if (main.filter(host.processes()::isAlive).isPresent()
                || System.nanoTime() - asked < ASK_INTERVAL.toNanos()) {
            return false;
        }
        askWhetherGone();
        return gone && family.alive().isEmpty();
    }

    private synchronized void askWhetherGone() {
        Optional<UnitState> state = show();
        asked = System.nanoTime();
        state.ifPresent(this::adopt);
        gone = state.map(UnitState::isDown).orElse(stopSent && main.isPresent());
    }

    /**
     * Takes back what {@link #terminate} left in the unit's configuration: before the unit is started again, and at the
     * agent's start when no notice is active.
     */
    public Outcome release(Duration bound) {
        try {
            if (!Files.deleteIfExists(dropIn())) {
                return Outcome.DONE;
            }
        } catch (IOException e) {
            return new Outcome.Failed("cannot remove " + dropIn() + ": " + e);
        }
        return systemctl(bound, "daemon-reload");
    }

    @Override
    public boolean isRunning() {
        return show().filter(state -> state.exists() && !state.isDown()).isPresent();
    }

    @Override
    public List<String> commandLine() {
        return show().flatMap(state -> host.processes().find(state.mainPid()))
                .map(host.processes()::commandLine)
                .orElse(List.of());
    }

    @Override
    public Optional<String> obstacle() {
        Optional<UnitState> state = show();
        if (state.isEmpty()) {
            return Optional.of("systemd does not answer, so it cannot stop " + unit);
        }
        if (!state.get().exists()) {
            return Optional.of("systemd knows no unit " + unit + ": correct stop.systemd");
        }
        ProcessPermissions own = host.processes().processPermissions();
        if (own.isRoot() || isAllowedByPolkit()) {
            return Optional.empty();
        }
        return Optional.of("user " + own.user() + " may not stop " + unit
                + ": run the agent as root, or allow org.freedesktop.systemd1.manage-units by a rule of polkit");
    }

    private static boolean isAllowedByPolkit() {
        return BoundedCommand.run(
                List.of("pkcheck", "--action-id", "org.freedesktop.systemd1.manage-units", "--process",
                        Long.toString(ProcessHandle.current().pid())),
                SHOW_BOUND) instanceof BoundedCommand.Result.Ended(int exitCode, String _) && exitCode == 0;
    }

    private synchronized void adopt(UnitState state) {
        if (state.mainPid() > 0) {
            main = host.processes().find(state.mainPid()).or(() -> main);
        }
    }

    private synchronized Optional<ProcessTable.Identity> main() {
        return main;
    }

    private synchronized Outcome noteStopSent(Outcome outcome) {
        stopSent = true;
        return outcome;
    }

    /** What went wrong, or nothing. */
    private Optional<String> holdDown(Duration bound) {
        long seconds = bound.plus(TIMEOUT_SLACK).toSeconds();
        try {
            Files.createDirectories(dropIn().getParent());
            Files.writeString(dropIn(), """
                    # Made by Lastcall to stop this unit on a node that is being reclaimed; gone with the next boot.
                    [Service]
                    KillMode=mixed
                    Restart=no
                    TimeoutStopSec=%d
                    """.formatted(seconds));
        } catch (IOException e) {
            return Optional.of("cannot write " + dropIn() + ": " + e);
        }
        if (systemctl(RELOAD_BOUND, "daemon-reload") instanceof Outcome.Failed(String reason)) {
            return Optional.of(reason);
        }
        return show().filter(state -> state.killMode().equals("mixed")).isPresent()
                ? Optional.empty()
                : Optional.of("another drop-in of " + unit + " overrides " + dropIn());
    }

    private Outcome signalMainThenStop(Duration bound, String why) {
        Outcome sent = systemctl(CALL_BOUND, "kill", "--kill-who=main", "--signal=SIGTERM", unit);
        Optional<ProcessTable.Identity> process = main();
        if (sent instanceof Outcome.Failed(String reason)) {
            if (process.isEmpty()) {
                return new Outcome.Failed(why + "; and " + reason);
            }
            sent = host.processes().signal(process.get(), false);
        }
        noteStopSent(sent);
        Thread.ofVirtual().name("stop-" + unit).start(() -> {
            long until = System.nanoTime() + bound.toNanos();
            while (process.filter(host.processes()::isAlive).isPresent() && System.nanoTime() - until < 0) {
                LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
            }
            if (process.filter(host.processes()::isAlive).isEmpty()) {
                systemctl(CALL_BOUND, "stop", "--no-block", unit);
            }
        });
        return sent;
    }

    private Optional<UnitState> show() {
        return switch (BoundedCommand.run(List.of(host.systemctl(), "show", "--property=" + UnitState.PROPERTIES, unit),
                SHOW_BOUND)) {
            case BoundedCommand.Result.Ended(int exitCode, String output) when exitCode == 0 -> Optional
                    .of(UnitState.parse(output));
            case BoundedCommand.Result.Ended _,BoundedCommand.Result.Failed _ -> Optional.empty();
        };
    }

    private Outcome systemctl(Duration bound, String... arguments) {
        var argv = new ArrayList<String>();
        argv.add(host.systemctl());
        argv.addAll(List.of(arguments));
        return CommandStopper.outcome(argv, bound);
    }

    private Path dropIn() {
        return host.runtimeUnits().resolve(unit + ".d").resolve(DROP_IN);
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
