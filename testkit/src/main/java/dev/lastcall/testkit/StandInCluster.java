// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PfxOptions;

/**
 * The part of an API server that a node's agent uses: TLS, HTTP/2, one node, its two pods, and a watch that reports when a pod
 * that was evicted is gone. It answers at once and notes when each request came. It checks nothing: whether the agent asks only
 * for what it may must be tested elsewhere. Thread-safe.
 */
public final class StandInCluster implements AutoCloseable {

    /** The name of the node. */
    public static final String NODE = "stand-in-1";

    private static final String NAMESPACE = "/api/v1/namespaces/serving/pods/";
    private static final String NODE_OBJECT = """
            {"kind":"Node","apiVersion":"v1","metadata":{"name":"%s","resourceVersion":"7"},"spec":{},
             "status":{"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady"}]}}
            """.formatted(NODE);
    private static final String POD = """
            {"kind":"Pod","apiVersion":"v1","metadata":{"name":"NAME","namespace":"serving","uid":"uid-NAME",
               "resourceVersion":"7","annotations":{"lastcall.dev/kind":"vllm","lastcall.dev/hold":"HOLD"}},
             "spec":{"nodeName":"%s","readinessGates":[{"conditionType":"lastcall.dev/open"}],
               "containers":[{"name":"server","image":"vllm","ports":[{"containerPort":PORT}],
                 "resources":{"limits":{"nvidia.com/gpu":"1"}}}]},
             "status":{"phase":"Running","podIP":"127.0.0.1"}}
            """.formatted(NODE);
    /** Holds its own door: it is asked to go at once. */
    private static final String HOLDING = "holding";
    /** Is asked to go when it is idle. */
    private static final String PLAIN = "plain";

    private final int port;
    private final Path account;
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Set<HttpServerResponse> watches = ConcurrentHashMap.newKeySet();

    /**
     * A request.
     *
     * @param method of HTTP
     * @param path without the query
     * @param query empty where there is none
     * @param nanos when its head was here, by this machine's monotonic clock
     */
    public record Asked(String method, String path, String query, long nanos) {

        /** Whether it marks the node's status; the agent's rehearsals do not count, here as below. */
        public boolean isNodeCondition() {
            return method.equals("PATCH") && path.endsWith(NODE + "/status") && !query.contains("dryRun");
        }

        /** Whether it marks the node itself. */
        public boolean isTaint() {
            return method.equals("PATCH") && path.endsWith(NODE) && !query.contains("dryRun");
        }

        /** Whether it asks a pod to go. */
        public boolean isEviction() {
            return method.equals("POST") && path.endsWith("/eviction");
        }

        /** Whether it says that a pod is open or closed. */
        public boolean isReadiness() {
            return method.equals("PATCH") && path.startsWith(NAMESPACE);
        }

        /** Whether it opens a watch. */
        public boolean isWatch() {
            return query.contains("watch=true");
        }
    }

    /**
     * Starts one.
     *
     * @param folder where the certificate and the account of the service are made
     * @param port where the server of both pods is, on 127.0.0.1
     */
    public StandInCluster(Path folder, int port) throws IOException {
        this.port = port;
        account = Files.createDirectories(folder.resolve("account"));
        SelfSigned identity = SelfSigned.in(folder, "cluster");
        Files.copy(identity.certificate(), account.resolve("ca.crt"));
        Files.writeString(account.resolve("token"), "token-of-a-stand-in");
        server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1")
                .setPort(0)
                .setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(
                        new PfxOptions().setPath(identity.keyStore().toString()).setPassword(identity.password())))
                .requestHandler(this::received);
        server.listen().await();
    }

    /** Where it is. */
    public URI url() {
        return URI.create("https://127.0.0.1:" + server.actualPort());
    }

    /** The folder with token and certificates. */
    public Path account() {
        return account;
    }

    /** What was asked since {@link #forget}, in order. */
    public List<Asked> asked() {
        return List.copyOf(asked);
    }

    /** Forgets what was asked. */
    public void forget() {
        asked.clear();
    }

    private void received(HttpServerRequest request) {
        Asked one = new Asked(request.method().name(), String.valueOf(request.path()), String.valueOf(request.query()),
                System.nanoTime());
        asked.add(one);
        request.body().onSuccess(_ -> answer(request.response(), one));
    }

    private void answer(HttpServerResponse response, Asked one) {
        response.putHeader("Content-Type", "application/json");
        if (one.isWatch()) {
            watches.add(response);
            response.closeHandler(_ -> watches.remove(response));
            response.writeHead();
        } else if (one.method().equals("GET") && one.path().equals("/api/v1/pods")) {
            response.end(
                    "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\"},\"items\":["
                            + pod(HOLDING) + "," + pod(PLAIN) + "]}");
        } else if (one.isEviction()) {
            response.setStatusCode(201).end("{\"kind\":\"Status\",\"status\":\"Success\"}");
            gone(one.path().contains(HOLDING) ? HOLDING : PLAIN);
        } else if (one.method().equals("POST")) {
            response.setStatusCode(201).end("{\"kind\":\"Event\",\"apiVersion\":\"v1\"}");
        } else {
            response.end(NODE_OBJECT);
        }
    }

    private void gone(String name) {
        String event = "{\"type\":\"DELETED\",\"object\":" + pod(name).replace("\n", "") + "}\n";
        watches.forEach(watch -> watch.write(event));
    }

    private String pod(String name) {
        return POD.replace("NAME", name)
                .replace("HOLD", Boolean.toString(name.equals(HOLDING)))
                .replace("PORT", Integer.toString(port));
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
