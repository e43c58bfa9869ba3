// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import dev.lastcall.agent.server.kind.ServerDiscovery;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;
import dev.lastcall.metadata.SupervisedLoop.Next;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for inference servers on the ports where they usually are, for an operator who has configured none. A server may
 * come up minutes after the agent, when its model is loaded, so it goes on looking.
 */
public final class ServerDiscoveryLoop implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServerDiscoveryLoop.class);

    private static final Duration INTERVAL = Duration.ofSeconds(15);

    private final ServerDiscovery discovery;
    private final Set<Integer> left; // of the loop
    private final Consumer<ServerDiscovery.Found> found;
    private final SupervisedLoop loop;

    /** @param found called with each server once */
    public ServerDiscoveryLoop(ServerDiscovery discovery, List<Integer> ports, NodeClock clock,
            Consumer<ServerDiscovery.Found> found, LoopObserver loops) {
        this.discovery = discovery;
        this.left = new HashSet<>(ports);
        this.found = found;
        this.loop = new SupervisedLoop("server-seeker", clock, loops, this::seek);
    }

    /** Begins to look. Called once. */
    public void start() {
        loop.start();
    }

    private Next seek() throws InterruptedException {
        if (left.isEmpty()) {
            return Next.OVER;
        }
        for (ServerDiscovery.Found server : discovery.find(List.copyOf(left))) {
            log.atInfo()
                    .addKeyValue("url", server.url())
                    .addKeyValue("kind", server.kind().label())
                    .addKeyValue("evidence", server.evidence())
                    .log("found a server; it is watched and never stopped: configure `servers` for more");
            // Taken off the list even where adding it fails: a server that is half added must not be added twice.
            left.remove(server.url().getPort());
            found.accept(server);
        }
        return Next.after(INTERVAL);
    }

    @Override
    public void close() {
        loop.end();
    }
}
