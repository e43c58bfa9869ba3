// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** Whether an address carries its own right to be read: such a right ends, and no credentials help then. */
final class SignedAddress {

    /** As S3, Cloud Storage, Azure, CloudFront, older S3 and content networks call the signature. */
    private static final Set<String> SIGNATURES = Set.of("x-amz-signature", "x-goog-signature", "sig", "signature",
            "hmac",
            "policy", "expires", "key-pair-id", "token", "hdnts");

    private SignedAddress() {}

    static boolean is(URI address) {
        return address.getRawQuery() != null && Arrays.stream(address.getRawQuery().split("&"))
                .map(parameter -> parameter.split("=", 2)[0].toLowerCase(Locale.ROOT))
                .anyMatch(SIGNATURES::contains);
    }
}
