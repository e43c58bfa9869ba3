// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.gate.GateLoops;
import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.metadata.NodeClock;

/** A gate as a process of its own: {@code GateProcess LISTEN_PORT UPSTREAM_PORT}, one event loop. */
final class GateProcess {

    private GateProcess() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        GateSettings settings = GateSettings.of(new InetSocketAddress(loopback, Integer.parseInt(args[0])),
                new InetSocketAddress(loopback, Integer.parseInt(args[1])));
        Gate gate = Gate.start(settings, NodeClock.system(), GateLoops.create(1));
        Runtime.getRuntime().addShutdownHook(new Thread(gate::shutdown));
        new CountDownLatch(1).await();
    }
}
