// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.charset.StandardCharsets;

import dev.lastcall.agent.api.ApiSettings;
import dev.lastcall.agent.server.UnixUrl;

/** What people and machines see. */
final class ApiSchema {

    private static final ApiSettings DEFAULT = ApiSettings.DEFAULT;
    private static final int MIN_TOKEN_LENGTH = 16;

    private ApiSchema() {}

    static ApiSettings read(Section section) {
        ApiSettings api = new ApiSettings(
                section.value("listen", ValueType.listen(), DEFAULT.listen(),
                        "Where health, metrics and status are served; read-only."),
                section.secret("token", ValueType.secret(MIN_TOKEN_LENGTH),
                        "Lets its bearer drain, undrain and give notice over TCP; without one only the socket does."),
                section.value("socket", ValueType.absolutePath(), DEFAULT.socket(),
                        "The control socket, which changes things; every user that may write to it may."));
        if (api.socket().toString().getBytes(StandardCharsets.UTF_8).length > UnixUrl.MAX_PATH_BYTES) {
            section.conflict("socket",
                    "is longer than " + UnixUrl.MAX_PATH_BYTES + " bytes, which the kernel does not take");
        }
        return api;
    }
}
