// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * All addresses of a host, so that a caller can try the next one where nothing listens at the first: {@code localhost} is
 * {@code 127.0.0.1} and {@code ::1}, and a server may listen on one of them only.
 *
 * <p>The system's resolver can block for many seconds in native code, which would hold up every virtual thread of its carrier.
 * So it runs on a thread of its own, one for each host at a time, and a caller waits no longer than it says. Thread-safe.
 */
public final class HostAddresses {

    /** Most addresses of one host that are tried. */
    static final int MOST = 8;

    private static final ConcurrentHashMap<String, CompletableFuture<List<InetAddress>>> ASKED = new ConcurrentHashMap<>();

    private HostAddresses() {}

    /**
     * The addresses of {@code host} in the system's order; a literal address is its own, without a question.
     *
     * @param host a name, or an address, an IPv6 one with or without brackets
     * @param bound how long to wait for the system's resolver
     * @return empty where the name has none, or they are not known within {@code bound}
     */
    public static List<InetAddress> of(String host, Duration bound) throws InterruptedException {
        String plain = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        try {
            return List.of(InetAddress.ofLiteral(plain));
        } catch (IllegalArgumentException name) {
            return resolve(plain, bound);
        }
    }

    private static List<InetAddress> resolve(String name, Duration bound) throws InterruptedException {
        CompletableFuture<List<InetAddress>> fresh = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> asked = ASKED.putIfAbsent(name, fresh);
        if (asked == null) {
            asked = fresh;
            Thread.ofPlatform().daemon().name("resolve-" + name).start(() -> {
                List<InetAddress> found = List.of();
                try {
                    found = Arrays.stream(InetAddress.getAllByName(name)).limit(MOST).toList();
                } catch (UnknownHostException | SecurityException unknown) {
                    // None: the caller's connection then fails and says so.
                } finally {
                    ASKED.remove(name, fresh);
                    fresh.complete(found);
                }
            });
        }
        try {
            return asked.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException late) {
            return List.of();
        }
    }
}
