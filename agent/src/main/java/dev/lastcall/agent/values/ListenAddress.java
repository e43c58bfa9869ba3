// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.values;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server listens: {@code 127.0.0.1:9808}, {@code [::1]:9808} or {@code localhost:9808}.
 *
 * @param host an address or a name, an IPv6 address without its brackets
 * @param port 0 to 65535, where 0 takes a free one
 */
public record ListenAddress(String host, int port) {

    /** What is allowed, for messages. */
    public static final String ALLOWED = "HOST:PORT such as 127.0.0.1:9808 or [::1]:9808, port 0 to 65535";

    private static final Pattern SHAPE = Pattern
            .compile("(?:\\[([0-9A-Fa-f:.]{2,45})]|([A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}))):(\\d{1,5})");
    private static final int MAX_PORT = 65535;

    /** The same as the JDK has it, whether its name is looked up or not. */
    public static ListenAddress of(InetSocketAddress address) {
        return new ListenAddress(address.getHostString(), address.getPort());
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException if the text is none
     */
    public static ListenAddress parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > MAX_PORT) {
            throw new IllegalArgumentException("is no listen address");
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return new ListenAddress(host, Integer.parseInt(matcher.group(3)));
    }

    /** Whether both could not listen at the same time: the same port on the same or on every address. */
    public boolean collidesWith(ListenAddress other) {
        return port != 0 && port == other.port && (host.equals(other.host) || isEverywhere() || other.isEverywhere());
    }

    /** Whether it takes connections on every address of the node. */
    public boolean isEverywhere() {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    /** Whether only this node itself can reach it. */
    public boolean isLoopback() {
        return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
