// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;
import java.time.Duration;

import dev.lastcall.agent.server.Stopper;
import dev.lastcall.metadata.NodeClock;

/** A node without Lastcall: at the notice the server is told to stop, as an operating system that shuts down does. */
final class UnguardedNode implements DemoNode {

    private static final Duration STOP_BOUND = Duration.ofSeconds(5);

    private final long noticeNanos;
    private final Duration window;
    private final URI url;
    private final Thread shutdown;

    UnguardedNode(ReclaimingCloud cloud, Duration window, URI url, Stopper stopper) {
        this.noticeNanos = cloud.noticeNanos();
        this.window = window;
        this.url = url;
        this.shutdown = Thread.ofVirtual().name("shutdown").start(() -> {
            try {
                NodeClock.system().sleepUntil(noticeNanos);
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
        long left = noticeNanos + window.toNanos() - System.nanoTime();
        boolean noticed = System.nanoTime() - noticeNanos >= 0;
        boolean over = !shutdown.isAlive();
        return new NodeStatus(true, noticed ? "unguarded" : "open", -1,
                noticed ? Duration.ofNanos(Math.max(0, left)) : null, noticed, over);
    }

    @Override
    public void close() {
        shutdown.interrupt();
    }
}
