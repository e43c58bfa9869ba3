// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.time.Duration;

import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.NodeClock;

/** A node without Lastcall: at the notice the server is asked to stop, as an operating system that shuts down does. */
final class UnguardedNode implements DemoNode {

    private static final Duration STOP_BOUND = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(10);

    private final ReclaimingCloud cloud;
    private final Duration window;
    private final URI url;
    private final Thread shutdown;

    UnguardedNode(ReclaimingCloud cloud, Duration window, URI url, Stopper stopper) {
        this.cloud = cloud;
        this.window = window;
        this.url = url;
        this.shutdown = Thread.ofVirtual().name("shutdown").start(() -> {
            try {
                while (cloud.noticeNanos().isEmpty()) {
                    NodeClock.system().sleep(LOOK);
                }
                stopper.terminate(STOP_BOUND);
            } catch (InterruptedException closed) {
                // The demo was ended before its notice.
            }
        });
    }

    @Override
    public URI url() {
        return url;
    }

    @Override
    public NodeStatus status() {
        Duration left = cloud.noticeNanos()
                .map(notice -> window.minusNanos(System.nanoTime() - notice))
                .map(open -> open.isNegative() ? Duration.ZERO : open)
                .orElse(null);
        return new NodeStatus(true, left == null ? "open" : "unguarded", -1, left, left != null, !shutdown.isAlive());
    }

    @Override
    public void close() {
        shutdown.interrupt();
    }
}
