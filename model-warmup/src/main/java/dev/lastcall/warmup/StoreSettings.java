// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.store.s3.S3Settings;

/**
 * What is said of a store beside its address; all else comes from the environment. What a kind of store has no use for is
 * passed over.
 *
 * @param anonymous whether to go without credentials
 * @param endpoint where the store's interface is; empty for what the environment says, or the cloud's own
 * @param region of an S3 bucket; empty for what the environment says
 * @param addressing where an S3 bucket is in the address
 * @param requesterPays whether to agree to pay for requests and transfer (S3)
 * @param userProject who pays for a requester-pays bucket (Cloud Storage); empty for its owner
 * @param names the files of an HTTP folder without {@code SHA256SUMS}
 * @param headers such as {@code Authorization}, sent to the HTTP address's own origin only
 */
public record StoreSettings(boolean anonymous, Optional<URI> endpoint, String region, S3Settings.Addressing addressing,
        boolean requesterPays, String userProject, List<String> names, Map<String, String> headers) {

    /** Everything from the environment. */
    public static final StoreSettings DEFAULT = new StoreSettings(false, Optional.empty(), "",
            S3Settings.Addressing.AUTOMATIC, false, "", List.of(), Map.of());

    /** Copies. */
    public StoreSettings {
        names = List.copyOf(names);
        headers = Map.copyOf(headers);
    }

    /** The same without credentials. */
    public StoreSettings unsigned() {
        return new StoreSettings(true, endpoint, region, addressing, requesterPays, userProject, names, headers);
    }

    /** Never shows the headers, which may hold secrets. */
    @Override
    public String toString() {
        return "StoreSettings[anonymous=" + anonymous + ", endpoint=" + endpoint + ", region=" + region
                + ", addressing="
                + addressing + ", requesterPays=" + requesterPays + ", userProject=" + userProject + ", names=" + names
                + ", headers=" + headers.keySet() + "]";
    }
}
