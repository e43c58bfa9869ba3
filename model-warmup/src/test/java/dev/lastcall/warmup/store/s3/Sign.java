// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.time.InstantSource;

import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.credentials.Refreshed;

/** Credentials that are simply there. */
final class Sign {

    private Sign() {}

    static Refreshed<AwsCredentials> with(AwsCredentials credentials) {
        return new Refreshed<>(() -> credentials, InstantSource.system());
    }
}
