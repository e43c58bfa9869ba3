// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
 * What ECS tasks and EKS pods with Pod Identity are handed ("Container credential provider", AWS SDKs and Tools Reference
 * Guide). An address in the clear must be one of the link-local ones that AWS uses, or the node itself.
 */
final class ContainerCredentials implements CredentialProvider<AwsCredentials> {

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    private static final String ECS = "http://169.254.170.2";

    /** ECS, EKS over IPv4 and over IPv6, and the node's loopback. */
    private static final Set<String> IN_THE_CLEAR = Set.of("169.254.170.2", "169.254.170.23", "fd00:ec2::23",
            "127.0.0.1", "::1",
            "localhost");

    private final Environment environment;
    private final ControlClient control;

    ContainerCredentials(Environment environment, ControlClient control) {
        this.environment = environment;
        this.control = control;
    }

    @Override
    public String name() {
        return "container credentials";
    }

    @Override
    public Finding<AwsCredentials> find() throws CredentialException, InterruptedException {
        Optional<String> address = environment.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                .map(path -> ECS + path)
                .or(() -> environment.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
        if (address.isEmpty()) {
            return new Finding.Nothing<>("AWS_CONTAINER_CREDENTIALS_FULL_URI is not set");
        }
        ControlClient.Call call = call(address.get());
        try {
            ControlClient.Response response = ControlCalls.repeat(() -> answered(call));
            if (response.status() != 200) {
                throw new CredentialException(call.toString(), CredentialFault.NO_ROLE,
                        Integer.toString(response.status()));
            }
            return new Finding.Found<>(AwsJson.parse(response.text(), name()));
        } catch (StoreException e) {
            throw new CredentialException("", CredentialFault.NO_POD_AGENT, e);
        }
    }

    private ControlClient.Call call(String address) throws CredentialException {
        URI uri;
        Origin origin;
        try {
            uri = URI.create(address);
            origin = Origin.of(uri);
        } catch (IllegalArgumentException e) {
            throw new CredentialException("", CredentialFault.NO_ADDRESS, address);
        }
        if (!origin.tls() && !IN_THE_CLEAR.contains(origin.host())) {
            throw new CredentialException("", CredentialFault.IN_THE_CLEAR, origin.toString());
        }
        Map<String, String> headers = new HashMap<>();
        headers.put("accept", "application/json");
        Optional<String> file = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
        if (file.isPresent()) {
            headers.put("authorization", SecretFile.token(Path.of(file.get())));
        } else {
            environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
                    .ifPresent(token -> headers.put("authorization", token));
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        return new ControlClient.Call("GET", origin, target, headers, Buffer.buffer(), MAX_ANSWER_BYTES, CALL_TIMEOUT);
    }

    private ControlClient.Response answered(ControlClient.Call call) throws StoreException, InterruptedException {
        ControlClient.Response response = control.send(call);
        if (response.status() >= 500 || response.status() == 429) {
            throw new StoreException(new Failure.Refused(StoreFamily.WEB, call.toString(),
                    Integer.toString(response.status()), Refusal.STORE_FAULT));
        }
        return response;
    }
}
