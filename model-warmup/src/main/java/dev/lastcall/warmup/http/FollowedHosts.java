// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.warmup.failure.Silence;

/**
 * Hosts that a store sent us to, with the zones that they may lead to. What a name leads to is looked at each time that it is
 * dialled: one that was judged may lead elsewhere a second later. Thread-safe.
 */
public final class FollowedHosts {

    /** Content networks have some hundred names. */
    private static final int MAX_HOSTS = 1024;

    private final Set<String> configured = new HashSet<>(); // guarded by this
    private final Map<String, Set<Zone>> followed = new LinkedHashMap<>(); // guarded by this

    /** An operator named this host: it may lead anywhere. */
    public synchronized void trust(String host) {
        configured.add(key(host));
        followed.remove(key(host));
    }

    /** A store named this host. */
    public synchronized void follow(String host, Set<Zone> allowed) {
        if (configured.contains(key(host))) {
            return;
        }
        followed.remove(key(host));
        followed.put(key(host), Set.copyOf(allowed));
        if (followed.size() > MAX_HOSTS) {
            followed.remove(followed.keySet().iterator().next());
        }
    }

    /** The zones that a host may lead to; empty where an operator named it, and it may lead anywhere. */
    public synchronized Optional<Set<Zone>> zones(String host) {
        return Optional.ofNullable(followed.get(key(host)));
    }

    /**
     * Those of a host's addresses that it may lead to.
     *
     * @throws UnknownHostException if there is none
     */
    public List<InetAddress> allowed(String host, List<InetAddress> found) throws UnknownHostException {
        Optional<Set<Zone>> zones = zones(host);
        if (zones.isEmpty()) {
            return found;
        }
        List<InetAddress> left = found.stream().filter(address -> zones.get().contains(Zone.of(address))).toList();
        if (left.isEmpty()) {
            throw new HostException(Silence.INSIDE, host);
        }
        return left;
    }

    /** As {@link #allowed}, of what the name leads to now. */
    public List<InetAddress> lookUp(String host) throws UnknownHostException {
        return allowed(host, Arrays.asList(InetAddress.getAllByName(host)));
    }

    private static String key(String host) {
        return host.toLowerCase(Locale.ROOT);
    }
}
