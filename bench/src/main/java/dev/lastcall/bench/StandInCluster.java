// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PfxOptions;

/**
 * What of an API server a node's agent meets: TLS, HTTP/2, one node, its pods, a watch on which nothing happens. It answers
 * at once and notes when each request came.
 */
final class StandInCluster implements AutoCloseable {

    static final String NODE = "bench-1";

    private static final String PASSWORD = "changeit";
    private static final String NODE_OBJECT = """
            {"kind":"Node","apiVersion":"v1","metadata":{"name":"%s","resourceVersion":"7"},"spec":{},
             "status":{"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady"}]}}
            """.formatted(NODE);
    private static final String POD = """
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"NAME","namespace":"bench","uid":"uid-NAME",
               "resourceVersion":"7","annotations":{"lastcall.dev/kind":"vllm","lastcall.dev/hold":"HOLD"}},
             "spec":{"nodeName":"%s","readinessGates":[{"conditionType":"lastcall.dev/open"}],
               "containers":[{"name":"server","image":"vllm","ports":[{"containerPort":1}],
                 "resources":{"limits":{"nvidia.com/gpu":"1"}}}]},
             "status":{"phase":"Running","podIP":"127.0.0.1"}}
            """.formatted(NODE);

    private final Path account;
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    /** A request: its method, its path, and when its head was here. */
    record Asked(String method, String path, String query, long nanos) {

        boolean isNodeCondition() {
            return method.equals("PATCH") && path.endsWith(NODE + "/status") && !query.contains("dryRun");
        }

        boolean isTaint() {
            return method.equals("PATCH") && path.endsWith(NODE) && !query.contains("dryRun");
        }

        boolean isEviction() {
            return method.equals("POST") && path.endsWith("/eviction");
        }

        boolean isReadiness() {
            return method.equals("PATCH") && path.contains("/pods/");
        }

        boolean isWatch() {
            return query.contains("watch=true");
        }
    }

    /** @param folder where the certificate and the account of the service are made */
    StandInCluster(Path folder) throws IOException {
        account = Files.createDirectories(folder.resolve("account"));
        Path store = folder.resolve("server.p12");
        keytool(store, "-genkeypair", "-alias", "server", "-keyalg", "EC", "-groupname", "secp256r1", "-dname",
                "CN=server", "-ext", "san=ip:127.0.0.1", "-validity", "10", "-storetype", "PKCS12");
        keytool(store, "-exportcert", "-rfc", "-alias", "server", "-file", account.resolve("ca.crt").toString());
        Files.writeString(account.resolve("token"), "token-of-the-benchmark");
        server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1")
                .setPort(0)
                .setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(new PfxOptions().setPath(store.toString()).setPassword(PASSWORD)))
                .requestHandler(this::received);
        server.listen().await();
    }

    private static void keytool(Path store, String... words) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException("keytool failed: " + command);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    URI url() {
        return URI.create("https://127.0.0.1:" + server.actualPort());
    }

    /** The folder with token and certificates. */
    Path account() {
        return account;
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    void forget() {
        asked.clear();
    }

    private void received(HttpServerRequest request) {
        Asked one = new Asked(request.method().name(), String.valueOf(request.path()), String.valueOf(request.query()),
                System.nanoTime());
        asked.add(one);
        request.body().onSuccess(_ -> answer(request, one));
    }

    private void answer(HttpServerRequest request, Asked one) {
        var response = request.response().putHeader("Content-Type", "application/json");
        if (one.isWatch()) {
            response.writeHead();
        } else if (one.method().equals("GET") && one.path().equals("/api/v1/pods")) {
            response.end(
                    "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\"},\"items\":["
                            + pod("holding", true) + "," + pod("plain", false) + "]}");
        } else if (one.method().equals("POST")) {
            response.setStatusCode(201).end("{\"kind\":\"Status\",\"status\":\"Success\"}");
        } else {
            response.end(NODE_OBJECT);
        }
    }

    private static String pod(String name, boolean holds) {
        return POD.replace("NAME", name).replace("HOLD", Boolean.toString(holds));
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
