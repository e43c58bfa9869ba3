// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** The kind of store at which something failed: what helps at one misleads at another. */
public enum StoreFamily {
    /** S3, or what speaks it. */
    S3,
    /** Google Cloud Storage. */
    GCS,
    /** Hugging Face's hub, or a mirror of it. */
    HUB,
    /** A web server. */
    WEB,
    /** A folder of this machine. */
    FOLDER
}
