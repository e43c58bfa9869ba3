// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.servers;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.lastcall.agent.gate.Gate;

/**
 * The servers of this node, from the configuration, found on a port, or of pods. A server is sampled for as long as it is in
 * here. Thread-safe.
 */
public final class ServerRegistry implements AutoCloseable {

    private final List<LocalServer> servers = new CopyOnWriteArrayList<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Hears of servers that come and go, on the thread that brings the news; must not block. */
    public interface Listener {

        /** A server is there. */
        void added(LocalServer server);

        /** The server of this name is there no more. */
        void removed(String name);
    }

    /** Adds a listener; it hears of the servers that come from now on. */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** Takes a server in. */
    public void add(LocalServer server) {
        servers.add(server);
        server.sampler().start();
        listeners.forEach(listener -> listener.added(server));
    }

    /** Lets the server of this name go. */
    public void remove(String name) {
        servers.stream().filter(local -> local.server().name().equals(name)).toList().forEach(gone -> {
            servers.remove(gone);
            gone.sampler().close();
        });
        listeners.forEach(listener -> listener.removed(name));
    }

    /** Those that are there now, in the order in which they came. */
    public List<LocalServer> all() {
        return List.copyOf(servers);
    }

    /** The gate before the server of this name; empty if there is none. */
    public Optional<Gate> gate(String name) {
        return servers.stream()
                .filter(local -> local.server().name().equals(name))
                .findFirst()
                .flatMap(LocalServer::gate);
    }

    /** Ends the samplers and the gates; the servers stay as they are. */
    @Override
    public void close() {
        servers.forEach(server -> {
            server.sampler().close();
            server.gate().ifPresent(Gate::shutdown);
        });
    }
}
