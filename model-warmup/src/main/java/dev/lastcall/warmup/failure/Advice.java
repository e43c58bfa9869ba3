// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** What to do about the same failure at each kind of store. */
final class Advice {

    private Advice() {}

    /** What to look at where a source on this machine cannot be read; empty where the fault says it. */
    static String notRead(DiskFault fault) {
        return switch (fault) {
            case NOT_THERE, DENIED, IO, STALE, UNKNOWN -> "is it mounted, and readable for the user that runs this?";
            case NOT_A_FOLDER -> "name the folder that holds it";
            case FULL, READ_ONLY, LINK, IS_A_FOLDER, ALREADY_THERE, FOREIGN, NOT_EMPTY, LOOP, OTHER_DEVICE, LONG_NAME,
                    TOO_MANY_OPEN, CLOSED, READ_BACK, CUT, ALIKE, NOT_APART, NO_CERTIFICATE, NO_PEM ->
                "";
        };
    }

    static String access(StoreFamily family) {
        return switch (family) {
            case S3 -> "check the credentials and the bucket's policy";
            case GCS -> "grant roles/storage.objectViewer on the bucket to the service account";
            case HUB -> "check what the token may do";
            case WEB -> "check the credentials for this address";
            case FOLDER -> "give the user that runs this the right to read it";
        };
    }

    static String call(StoreFamily family) {
        return switch (family) {
            case S3, GCS -> "check that the endpoint speaks the store's interface";
            case HUB -> "use the hub itself, or a mirror that has the call";
            case WEB, FOLDER -> "check the address";
        };
    }

    static String notTaken(StoreFamily family) {
        return switch (family) {
            case S3 -> "check endpoint and region";
            case GCS -> "a requester-pays bucket needs userProject";
            case HUB, WEB, FOLDER -> "check the address";
        };
    }

    /** How its files come to have digests that can be used. */
    static String digest(StoreFamily family) {
        return switch (family) {
            case S3 -> "upload it again with a checksum of the whole (aws s3 cp --checksum-algorithm CRC64NVME)";
            case GCS -> "upload it again: Cloud Storage keeps a CRC32C of each object";
            case HUB -> "use the hub itself, or a mirror whose listing has digests";
            case WEB -> "put a SHA256SUMS beside it, or let the server send Repr-Digest";
            case FOLDER -> "put a SHA256SUMS into the folder";
        };
    }

    /** What cures bytes that are not those of the digest. */
    static String corrupt(StoreFamily family) {
        return switch (family) {
            case S3, GCS -> "upload it again: the store keeps the new checksum with it";
            case HUB -> "use another mirror, or upload it to the hub again";
            case WEB, FOLDER -> "upload it again, or correct its digest (in SHA256SUMS, where that holds it)";
        };
    }

    static String encoded(StoreFamily family) {
        return switch (family) {
            case S3, GCS -> "store it without, or leave it out with exclude";
            case HUB, WEB, FOLDER -> "turn Content-Encoding off for it at the server";
        };
    }

    /** Nothing is there. */
    static String empty(StoreFamily family) {
        return switch (family) {
            case S3, GCS -> "check bucket and prefix";
            case HUB -> "check the model's name and revision";
            case WEB, FOLDER -> "check the address and the patterns";
        };
    }
}
