// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.net.URI;

/** A simulated cloud that takes the node back after a while. Its time begins when it is made. */
interface DemoCloud extends AutoCloseable {

    /** The base address of its metadata server. */
    URI endpoint();

    /** When its notice can be seen, on {@link System#nanoTime()}. */
    long noticeNanos();

    @Override
    void close();
}
