// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The credentials of the VM's service account: of the right shape, and good for nothing. */
final class GceAccount {

    static final String EMAIL = "123456789012-compute@developer.gserviceaccount.com";

    private static final String SUBJECT = "112233445566778899000";
    private static final Pattern PATH = Pattern
            .compile("instance/service-accounts/(?:default|" + Pattern.quote(EMAIL) + ")/(token|identity)");
    private static final int LIFETIME_SECONDS = 3599;

    private final SimulatorClock clock;

    GceAccount(SimulatorClock clock) {
        this.clock = clock;
    }

    /** The body for the key, or empty when it is none of the account's, or an identity is asked for no audience. */
    Optional<String> answer(String key, Optional<String> audience) {
        Matcher path = PATH.matcher(key);
        if (!path.matches()) {
            return Optional.empty();
        }
        return path.group(1).equals("token")
                ? Optional.of("{\"access_token\":\"simulated-" + clock.now().getEpochSecond() + "\",\"expires_in\":"
                        + LIFETIME_SECONDS + ",\"token_type\":\"Bearer\"}")
                : audience.map(this::identity);
    }

    private String identity(String audience) {
        long now = clock.now().getEpochSecond();
        ObjectNode claims = JsonNodeFactory.instance.objectNode()
                .put("aud", audience)
                .put("azp", SUBJECT)
                .put("email", EMAIL)
                .put("email_verified", true)
                .put("exp", now + LIFETIME_SECONDS)
                .put("iat", now)
                .put("iss", "https://accounts.google.com")
                .put("sub", SUBJECT);
        return part("{\"alg\":\"RS256\",\"kid\":\"simulated\",\"typ\":\"JWT\"}") + "." + part(claims.toString()) + "."
                + part("no signature");
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
