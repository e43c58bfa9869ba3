// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.webhook;

import java.net.URI;
import java.util.Optional;

import dev.lastcall.agent.values.Secret;

/**
 * The webhook that is notified of notices and drains.
 *
 * @param url takes CloudEvents
 * @param token sent as a bearer token
 */
public record WebhookSettings(URI url, Optional<Secret> token) {}
