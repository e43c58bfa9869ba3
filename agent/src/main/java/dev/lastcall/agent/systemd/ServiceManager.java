// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager that this process is a service of (sd_notify(3), sd_watchdog_enabled(3)). Without one every word
 * goes nowhere. A word that cannot be sent is logged, once, and the agent goes on: it must drain without systemd too.
 * Thread-safe.
 */
public final class ServiceManager {

    private static final Logger log = LoggerFactory.getLogger(ServiceManager.class);

    /** No service manager: a shell, a container, a test. */
    public static final ServiceManager NONE = new ServiceManager(Optional.empty(), Optional.empty(),
            StoredSockets.NONE, Optional.empty());

    /** A status is one line, and no longer than a terminal's. */
    private static final int MAX_STATUS = 200;

    private final Optional<NotifySocket> socket;
    private final Optional<Duration> watchdog;
    private final StoredSockets stored;
    private final Optional<Path> runtime;
    private boolean failing; // guarded by this

    private ServiceManager(Optional<NotifySocket> socket, Optional<Duration> watchdog, StoredSockets stored,
            Optional<Path> runtime) {
        this.socket = socket;
        this.runtime = runtime;
        this.watchdog = watchdog;
        this.stored = stored;
    }

    /** The one that {@code environment} names. */
    public static ServiceManager of(Map<String, String> environment) {
        return of(environment, StoredSockets.FIRST);
    }

    /** @param first the descriptor of the first socket that it kept */
    static ServiceManager of(Map<String, String> environment, int first) {
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        if (address.isEmpty()) {
            return NONE;
        }
        try {
            long self = ProcessHandle.current().pid();
            return new ServiceManager(Optional.of(NotifySocket.open(address)), watchdog(environment, self),
                    StoredSockets.of(environment, self, first), runtime(environment));
        } catch (Libc.CallFailure | IllegalArgumentException | UnsatisfiedLinkError failure) {
            log.atWarn()
                    .addKeyValue("reason", failure.getMessage())
                    .log("systemd cannot be notified; with Type=notify it will take the start for failed");
            return NONE;
        }
    }

    /** There may be several, with colons between them. */
    private static Optional<Path> runtime(Map<String, String> environment) {
        String first = environment.getOrDefault("RUNTIME_DIRECTORY", "").split(":", 2)[0];
        return first.isEmpty() ? Optional.empty() : Optional.of(Path.of(first));
    }

    private static Optional<Duration> watchdog(Map<String, String> environment, long self) {
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        if (!pid.isEmpty() && !pid.equals(Long.toString(self))) {
            return Optional.empty();
        }
        try {
            long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
            return micros > 0 ? Optional.of(Duration.ofNanos(Math.multiplyExact(micros, 1_000))) : Optional.empty();
        } catch (NumberFormatException | ArithmeticException none) {
            return Optional.empty();
        }
    }

    /** Whether there is one. */
    public boolean isThere() {
        return socket.isPresent();
    }

    /** Longest silence of {@link #alive} that it bears; empty where it does not watch. */
    public Optional<Duration> watchdog() {
        return watchdog;
    }

    /** The start is over. */
    public void ready() {
        tell("READY=1", OptionalInt.empty());
    }

    /** The end has begun. */
    public void stopping() {
        tell("STOPPING=1", OptionalInt.empty());
    }

    /** What the agent is at, for {@code systemctl status}. */
    public void status(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        tell("STATUS=" + line.substring(0, Math.min(line.length(), MAX_STATUS)), OptionalInt.empty());
    }

    /** The agent is well. */
    public void alive() {
        tell("WATCHDOG=1", OptionalInt.empty());
    }

    /** Start or stop may go on for at least {@code time} from now. */
    public void extend(Duration time) {
        tell("EXTEND_TIMEOUT_USEC=" + time.toNanos() / 1_000, OptionalInt.empty());
    }

    /** Gives it a listening socket to keep: it outlives this process if this service is started again. */
    public void store(String name, int descriptor) {
        tell("FDSTORE=1\nFDNAME=" + name, OptionalInt.of(descriptor));
    }

    /** Has it close what it keeps under this name. */
    public void discard(String name) {
        tell("FDSTOREREMOVE=1\nFDNAME=" + name, OptionalInt.empty());
    }

    /** The directory under /run that it made for this service; empty where it made none. */
    public Optional<Path> runtimeDirectory() {
        return runtime;
    }

    /** The sockets that it kept for this process. */
    public StoredSockets stored() {
        return stored;
    }

    private void tell(String assignments, OptionalInt descriptor) {
        if (socket.isEmpty()) {
            return;
        }
        try {
            socket.get().send(assignments, descriptor);
            noteDelivery(true, "");
        } catch (Libc.CallFailure failure) {
            noteDelivery(false, assignments.replace('\n', ' ') + ": " + failure.getMessage());
        }
    }

    private synchronized void noteDelivery(boolean done, String problem) {
        if (!done && !failing) {
            log.atWarn()
                    .addKeyValue("reason", problem)
                    .log("a notification to systemd was not delivered; the agent goes on");
        }
        failing = !done;
    }
}
