// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.gcs;

import java.net.URI;

import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.http.Origin;

/**
 * How to reach Cloud Storage.
 *
 * @param endpoint of the JSON API
 * @param userProject who pays for a requester-pays bucket; empty for its owner
 * @param anonymous whether requests go out without a token
 */
public record GcsSettings(URI endpoint, String userProject, boolean anonymous) {

    /** Google's own, with a token, paid by the owner. */
    public static final GcsSettings GOOGLE = new GcsSettings(URI.create("https://storage.googleapis.com"), "", false);

    /** @throws IllegalArgumentException if the endpoint is no http or https address */
    public GcsSettings {
        Origin.of(endpoint);
    }

    /** What Google's tools would take from {@code STORAGE_EMULATOR_HOST}: an emulator wants no token. */
    public static GcsSettings from(Environment environment) {
        String name = "STORAGE_EMULATOR_HOST";
        return environment.variable(name)
                .map(host -> new GcsSettings(
                        Environment.address(name, host.contains("://") ? host : "http://" + host), "", true))
                .orElse(GOOGLE);
    }

    /** The same without a token. */
    public GcsSettings withoutToken() {
        return new GcsSettings(endpoint, userProject, true);
    }
}
