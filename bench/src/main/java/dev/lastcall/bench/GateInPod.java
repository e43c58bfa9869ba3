// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;

/** {@code lastcall gate} as a pod's sidecar, before a server that answers at once, and a client that asks it all the time. */
final class GateInPod implements AutoCloseable {

    private static final long PAUSE_NANOS = 2_000_000;
    private static final long BOUND_NANOS = 20_000_000_000L;
    private static final int MAX_ANSWER = 4096;
    private static final byte[] REQUEST = "GET /v1/models HTTP/1.1\r\nHost: server\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final Vertx vertx = Vertx.vertx();
    private final MeasuredProcess process;
    private final int port;

    /**
     * Starts one; it lets requests through when this returns.
     *
     * @param program what has {@code lastcall gate}
     * @param relay the socket of the node's agent
     * @param folder for its state and its log
     */
    GateInPod(AgentProgram program, Path relay, Path folder) throws IOException {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> request.response().end("{}"))
                .listen(0, "127.0.0.1")
                .await();
        port = FreePort.find();
        List<String> command = new ArrayList<>(program.command());
        command.addAll(List.of("gate", "--listen", "127.0.0.1:" + port, "--upstream",
                "http://127.0.0.1:" + server.actualPort(), "--kind", "generic", "--status", "127.0.0.1:0", "--agent",
                relay.toString(), "--state-directory", folder.resolve("gate").toString()));
        process = MeasuredProcess.start(folder.resolve("gate.out"), command);
        try {
            await(200);
        } catch (IOException neverOpen) {
            close();
            throw neverOpen;
        }
    }

    /** Begins to ask; completes with the instant of the monotonic clock at which a request was refused. */
    CompletableFuture<Long> closed() {
        CompletableFuture<Long> closed = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("client").start(() -> {
            try {
                await(503);
                closed.complete(System.nanoTime());
            } catch (ConnectException refused) {
                closed.complete(System.nanoTime());
            } catch (IOException e) {
                closed.completeExceptionally(e);
            }
        });
        return closed;
    }

    private void await(int status) throws IOException {
        String wanted = "HTTP/1.1 " + status;
        String last = "nothing";
        long until = System.nanoTime() + BOUND_NANOS;
        while (System.nanoTime() - until < 0) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setTcpNoDelay(true);
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream();
                byte[] answer = new byte[MAX_ANSWER];
                while (System.nanoTime() - until < 0) {
                    out.write(REQUEST);
                    int length = in.read(answer);
                    if (length < 0) {
                        break;
                    }
                    last = new String(answer, 0, length, StandardCharsets.US_ASCII);
                    if (last.startsWith(wanted)) {
                        return;
                    }
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (IOException notYet) {
                last = notYet.toString();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        throw new IOException("the gate did not answer " + status + " but " + last);
    }

    @Override
    public void close() {
        process.close();
        vertx.close().await();
    }
}
