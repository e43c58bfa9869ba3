// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

/** The clouds whose metadata servers are known here. */
public enum Cloud {
    /** Amazon EC2. */
    AWS("aws"),
    /** Google Compute Engine. */
    GCP("gcp"),
    /** Microsoft Azure. */
    AZURE("azure"),
    /** None of them. */
    NONE("none");

    private final String label;

    Cloud(String label) {
        this.label = label;
    }

    /** The lower-case name in configuration, metrics and JSON. */
    public String label() {
        return label;
    }
}
