// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import dev.lastcall.agent.values.ListenAddress;

import org.jspecify.annotations.Nullable;

/**
 * What people and machines see.
 *
 * @param listen where health, metrics and status are served
 * @param token lets its bearer drain over TCP; null lets no client
 * @param socket the control socket
 */
public record ApiConfig(ListenAddress listen, @Nullable String token, Path socket) {

    /** Where the control socket is by default. */
    public static final Path DEFAULT_SOCKET = Path.of("/run/lastcall/lastcall.sock");

    /** Longest path that the kernel takes for a socket, {@code sun_path} in unix(7) less its final zero. */
    static final int MAX_SOCKET_PATH_BYTES = 107;

    private static final int MIN_TOKEN_LENGTH = 16;
    private static final int PORT = 9808;

    static ApiConfig read(Section section) {
        ApiConfig api = new ApiConfig(
                section.value("listen", ValueType.listen(), new ListenAddress("127.0.0.1", PORT),
                        "Where health, metrics and status are served; read-only."),
                section.secret("token", ValueType.secret(MIN_TOKEN_LENGTH),
                        "Lets its bearer drain, undrain and give notice over TCP; without one only the socket does."),
                section.value("socket", ValueType.absolutePath(), DEFAULT_SOCKET,
                        "The control socket, which changes things; every user that may write to it may."));
        if (api.socket().toString().getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_BYTES) {
            section.conflict("socket",
                    "is longer than " + MAX_SOCKET_PATH_BYTES + " bytes, which the kernel does not take");
        }
        return api;
    }
}
