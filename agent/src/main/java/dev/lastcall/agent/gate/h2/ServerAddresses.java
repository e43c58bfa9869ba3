// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.h2;

import java.net.SocketAddress;
import java.util.List;

/** The addresses of the server. */
public interface ServerAddresses {

    /** The order in which one attempt tries them. */
    List<SocketAddress> inOrder();

    /** A connection to {@code address} came about. */
    void reached(SocketAddress address);
}
