// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * The webhook that is notified of notices and drains.
 *
 * @param url takes CloudEvents
 * @param token sent as a bearer token; null for none
 */
public record WebhookConfig(URI url, @Nullable String token) {

    private static final int MIN_TOKEN_LENGTH = 1;

    static WebhookConfig read(Section section) {
        return new WebhookConfig(
                section.required("url", ValueType.url(), URI.create("http://127.0.0.1/"),
                        "Receives notices, withdrawals and drains as CloudEvents, off the path of the drain."),
                section.secret("token", ValueType.secret(MIN_TOKEN_LENGTH), "Sent as a bearer token."));
    }
}
