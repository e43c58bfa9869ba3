// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sockets that systemd handed to this process at its start (sd_listen_fds_with_names(3)). Each is taken once, or closed
 * with the rest. Thread-safe.
 */
public final class StoredSockets {

    private static final Logger log = LoggerFactory.getLogger(StoredSockets.class);

    /** Where systemd begins to count (SD_LISTEN_FDS_START). */
    static final int FIRST = 3;

    /** More than a node has gates. */
    private static final int MOST = 1024;

    static final StoredSockets NONE = new StoredSockets(Map.of());

    private final Map<String, Integer> byName; // guarded by this

    private StoredSockets(Map<String, Integer> byName) {
        this.byName = new HashMap<>(byName);
    }

    /** Those that {@code environment} names, if they are meant for the process {@code self}. */
    static StoredSockets of(Map<String, String> environment, long self, int first) {
        if (!environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(self))) {
            return NONE;
        }
        List<String> names = List.of(environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1));
        Map<String, Integer> byName = new HashMap<>();
        int count = count(environment.getOrDefault("LISTEN_FDS", "0"));
        for (int i = 0; i < count; i++) {
            // Of two with one name the first is the elder; the other gets a name that is never asked for, and is closed.
            String name = i < names.size() ? names.get(i) : "";
            byName.put(byName.containsKey(name) || name.isEmpty() ? ":" + i : name, first + i);
        }
        return new StoredSockets(byName);
    }

    private static int count(String text) {
        try {
            return Math.clamp(Integer.parseInt(text), 0, MOST);
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    /** The descriptor kept under this name, which is the caller's from now on; empty where there is none. */
    public synchronized OptionalInt take(String name) {
        Integer descriptor = byName.remove(name);
        return descriptor == null ? OptionalInt.empty() : OptionalInt.of(descriptor);
    }

    /**
     * Closes the sockets that were not taken.
     *
     * @return the names of these, so that systemd can be asked to forget them too
     */
    public synchronized List<String> closeRest() {
        byName.forEach((name, descriptor) -> {
            try {
                Libc.close(descriptor);
            } catch (Libc.CallFailure failure) {
                log.atDebug().addKeyValue("name", name).setCause(failure).log("a kept socket was not there");
            }
        });
        List<String> names = List.copyOf(byName.keySet());
        byName.clear();
        return names;
    }
}
