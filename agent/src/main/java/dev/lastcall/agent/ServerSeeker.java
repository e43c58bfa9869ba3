// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import dev.lastcall.agent.server.kind.ServerDiscovery;
import dev.lastcall.metadata.NodeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for inference servers on the ports where they usually are, for an operator who has configured none. A server may
 * come up minutes after the agent, when its model is loaded, so it goes on looking.
 */
final class ServerSeeker implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServerSeeker.class);

    private static final Duration INTERVAL = Duration.ofSeconds(15);

    private final ServerDiscovery discovery;
    private final List<Integer> ports;
    private final NodeClock clock;
    private final Consumer<ServerDiscovery.Found> found;
    private final Thread thread;

    /** @param found told of each server once */
    ServerSeeker(ServerDiscovery discovery, List<Integer> ports, NodeClock clock,
            Consumer<ServerDiscovery.Found> found) {
        this.discovery = discovery;
        this.ports = List.copyOf(ports);
        this.clock = clock;
        this.found = found;
        this.thread = Thread.ofVirtual().name("server-seeker").unstarted(this::seek);
    }

    /** Begins to look. Called once. */
    void start() {
        thread.start();
    }

    private void seek() {
        Set<Integer> left = new HashSet<>(ports);
        try {
            while (!left.isEmpty()) {
                for (ServerDiscovery.Found server : discovery.find(List.copyOf(left))) {
                    left.remove(server.url().getPort());
                    log.atInfo()
                            .addKeyValue("url", server.url())
                            .addKeyValue("kind", server.kind().label())
                            .addKeyValue("evidence", server.evidence())
                            .log("found a server; it is watched and never stopped: configure `servers` for more");
                    found.accept(server);
                }
                clock.sleep(INTERVAL);
            }
        } catch (InterruptedException closed) {
            // The one way to end early: close() interrupts.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
