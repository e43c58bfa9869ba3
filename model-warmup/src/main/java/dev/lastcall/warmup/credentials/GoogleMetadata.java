// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.network.ControlCalls;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.store.StoreException;
import io.vertx.core.buffer.Buffer;

/**
 * The token of the VM's service account, or of the pod's by GKE's Workload Identity, from the metadata server ("Access VM
 * metadata", Compute Engine documentation). A pod that has just started can find it refusing for some seconds.
 */
final class GoogleMetadata implements CredentialProvider<AccessToken> {

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);
    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    private static final String PATH = "/computeMetadata/v1/instance/service-accounts/default/token";
    private static final Map<String, String> FLAVOR = Map.of("Metadata-Flavor", "Google");

    private final Environment environment;
    private final ControlClient control;
    private final InstantSource clock;

    GoogleMetadata(Environment environment, ControlClient control, InstantSource clock) {
        this.environment = environment;
        this.control = control;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "metadata server";
    }

    @Override
    public Finding<AccessToken> find() throws CredentialException, InterruptedException {
        if (environment.isTrue("NO_GCE_CHECK")) {
            return new Finding.Nothing<>("NO_GCE_CHECK is set");
        }
        String host = environment.variable("GCE_METADATA_HOST").orElse("metadata.google.internal");
        ControlClient.Call call = new ControlClient.Call("GET", origin(host), PATH, FLAVOR, Buffer.buffer(),
                MAX_ANSWER_BYTES,
                CALL_TIMEOUT);
        try {
            ControlClient.Response response = ControlCalls.repeat(() -> answered(call));
            if (response.status() == 404) {
                return new Finding.Nothing<>("the node has no service account");
            }
            if (response.status() != 200
                    || response.head().field("metadata-flavor").filter("Google"::equals).isEmpty()) {
                return new Finding.Nothing<>(host + " is no metadata server: " + response.status());
            }
            return new Finding.Found<>(TokenJson.token(response.text(), clock.instant()));
        } catch (StoreException e) {
            return new Finding.Nothing<>(
                    "no answer from " + host + ": not on Google Cloud, or a network policy hides it");
        }
    }

    private ControlClient.Response answered(ControlClient.Call call) throws StoreException, InterruptedException {
        ControlClient.Response response = control.send(call);
        if (response.status() >= 500 || response.status() == 429) {
            throw new StoreException(new Failure.Refused(StoreFamily.WEB, call.toString(),
                    Integer.toString(response.status()), Refusal.STORE_FAULT));
        }
        return response;
    }

    private static Origin origin(String host) throws CredentialException {
        try {
            return Origin.of(URI.create("http://" + host));
        } catch (IllegalArgumentException e) {
            throw new CredentialException("GCE_METADATA_HOST", CredentialFault.METADATA_ADDRESS, host);
        }
    }
}
