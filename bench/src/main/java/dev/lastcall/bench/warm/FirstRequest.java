// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Measures how long a client takes from its start to the first byte that it sends to its store. */
final class FirstRequest {

    private static final int TIMEOUT_MILLIS = 30_000;

    private FirstRequest() {}

    /** Makes a client's command. */
    @FunctionalInterface
    interface Command {

        /** @param origin of the server that it is to ask */
        List<String> of(String origin) throws IOException;
    }

    /** The seconds until a server that never answers has heard of a client, which is ended then. */
    static double secondsTo(Command command) throws IOException, InterruptedException {
        Path log = Files.createTempFile("lastcall-bench", ".out");
        try (ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(TIMEOUT_MILLIS);
            String origin = "http://127.0.0.1:" + server.getLocalPort();
            ProcessBuilder builder = new ProcessBuilder(command.of(origin)).redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment()
                    .putAll(Map.of("AWS_ENDPOINT_URL_S3", origin, "AWS_ACCESS_KEY_ID", "bench", "AWS_SECRET_ACCESS_KEY",
                            "bench", "AWS_REGION", "us-east-1"));
            long began = System.nanoTime();
            Process process = builder.start();
            try (Socket client = server.accept()) {
                client.setSoTimeout(TIMEOUT_MILLIS);
                if (client.getInputStream().read() < 0) {
                    throw new IOException(command.of(origin).getFirst() + " asked nothing");
                }
                return (System.nanoTime() - began) / 1e9;
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } finally {
            Files.delete(log);
        }
    }
}
