// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

/** Whose metadata is simulated. */
public enum CloudProvider {
    /** Amazon Web Services. */
    AWS("AWS"),
    /** Google Cloud. */
    GCP("Google Cloud"),
    /** Microsoft Azure. */
    AZURE("Azure");

    private final String title;

    CloudProvider(String title) {
        this.title = title;
    }

    /** As people call it. */
    public String title() {
        return title;
    }
}
