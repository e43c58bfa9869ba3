// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;

/** A line to a server that can go dead without a word, as connections do when a balancer between fails over. */
final class DeadLine implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final NetServer server;
    private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();

    DeadLine(URI to) {
        var client = vertx.createNetClient();
        server = vertx.createNetServer(new NetServerOptions().setHost("127.0.0.1").setPort(0)).connectHandler(near -> {
            near.pause();
            client.connect(to.getPort(), to.getHost()).onSuccess(far -> {
                sockets.add(near);
                sockets.add(far);
                near.handler(far::write).closeHandler(_ -> far.close());
                far.handler(near::write).closeHandler(_ -> near.close());
                near.resume();
            });
        });
        server.listen().await();
    }

    URI url() {
        return URI.create("https://127.0.0.1:" + server.actualPort());
    }

    /** What is said on the connections that there are is swallowed from now on; new ones work. */
    void goDead() {
        sockets.forEach(socket -> socket.handler(_ -> {}));
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
