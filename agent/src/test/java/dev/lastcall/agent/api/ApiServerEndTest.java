// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import dev.lastcall.agent.status.view.SampleViews;
import dev.lastcall.agent.telemetry.Metrics;
import dev.lastcall.agent.values.ListenAddress;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What is still being answered when the agent ends. */
@Timeout(30)
class ApiServerEndTest {

    @TempDir
    Path directory;

    /** A hook may be held until the agent ends, and its answer then finds neither a loop nor a client. */
    @Test
    void anAnswerThatComesAfterTheEndOfTheAgentIsNoFault() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        AtomicReference<Thread> hook = new AtomicReference<>();
        AtomicReference<Throwable> fault = new AtomicReference<>();
        Vertx own = Vertx.vertx();
        ApiServer server = new ApiServer(own,
                new ApiSettings(new ListenAddress("127.0.0.1", 0), Optional.empty(), directory.resolve("c.sock")),
                SampleViews::quiet, new FakeDesk(), (whom, waitedFor) -> {
                    Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> fault.set(thrown));
                    hook.set(Thread.currentThread());
                    held.countDown();
                    try {
                        released.await();
                    } catch (InterruptedException interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    return PreStopHold.Held.IDLE;
                }, new Metrics("1"));
        server.openTcp();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            client.getOutputStream()
                    .write("GET /v1/hold HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            held.await();
            server.close();
            own.close().await();
            released.countDown();
            hook.get().join();
        }

        assertThat(fault.get()).isNull();
    }
}
