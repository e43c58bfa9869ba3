// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.attack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * One host (127.0.0.2) that wages an attack on all its connections, and comes again when it is turned away. A process of its
 * own, {@code Attackers NAME PORT}, so that the good client does not wait for it.
 */
final class Attackers {

    private static final byte[] HOST = {127, 0, 0, 2};
    private static final int CONNECT_MILLIS = 5_000;
    private static final int RECEIVE_BYTES = 16 * 1024;
    private static final long PAUSE_NANOS = 10_000_000L;

    private final Attack attack;
    private final int port;

    private Attackers(Attack attack, int port) {
        this.attack = attack;
        this.port = port;
    }

    public static void main(String[] args) throws InterruptedException {
        Attackers attackers = new Attackers(Attack.valueOf(args[0]), Integer.parseInt(args[1]));
        for (int i = 0; i < attackers.attack.connections(); i++) {
            Thread.ofVirtual().name("attacker-" + i).start(attackers::attack);
        }
        new CountDownLatch(1).await();
    }

    private void attack() {
        while (true) {
            try (Socket socket = new Socket()) {
                socket.setReceiveBufferSize(RECEIVE_BYTES);
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(HOST), 0));
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
                socket.setSoLinger(true, 0);
                attack.wage(socket);
            } catch (IOException turnedAway) {
                // As it should be.
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
