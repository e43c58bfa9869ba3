// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.InstantSource;
import java.util.List;

import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.network.ControlClient;

/** Google's application default credentials: the file, then the metadata server. */
public final class GoogleChain {

    private GoogleChain() {}

    /** File, metadata server; fetched again before it runs out. */
    public static Refreshed<AccessToken> of(Environment environment, ControlClient control) {
        InstantSource clock = InstantSource.system();
        return new Refreshed<>(new CredentialChain<>("Google credentials", CredentialFault.NO_GOOGLE_TOKEN,
                List.of(new GoogleKeyFile(environment, control, clock),
                        new GoogleMetadata(environment, control, clock))),
                clock);
    }
}
