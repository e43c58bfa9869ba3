// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.agent.values.Secret;

/**
 * What people and machines see.
 *
 * @param listen where health, metrics and status are served
 * @param token lets its bearer drain over TCP; null lets no client
 * @param socket the control socket
 */
public record ApiSettings(ListenAddress listen, Optional<Secret> token, Path socket) {

    /** On this node only. */
    public static final ApiSettings DEFAULT = new ApiSettings(new ListenAddress("127.0.0.1", 9808), Optional.empty(),
            Path.of("/run/lastcall/lastcall.sock"));
}
