// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.store.StoreException;
import io.vertx.core.buffer.Buffer;

/**
 * The role of the EC2 instance, from its metadata service, version 2 ("Retrieve security credentials from instance
 * metadata", Amazon EC2 User Guide).
 */
final class InstanceRole implements CredentialProvider<AwsCredentials> {

    /** The service is on the same host: it answers in milliseconds, or is hidden and never does; a node at boot is busy. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);

    private static final int ATTEMPTS = 2;
    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";

    /** Six hours, the longest that the service grants. */
    private static final Map<String, String> TOKEN_TTL = Map.of("x-aws-ec2-metadata-token-ttl-seconds", "21600");

    private final Environment environment;
    private final ControlClient control;
    private volatile boolean hadRole;

    InstanceRole(Environment environment, ControlClient control) {
        this.environment = environment;
        this.control = control;
    }

    @Override
    public String name() {
        return "instance role";
    }

    @Override
    public Finding<AwsCredentials> find() throws CredentialException, InterruptedException {
        if (environment.isTrue("AWS_EC2_METADATA_DISABLED")) {
            return new Finding.Nothing<>("AWS_EC2_METADATA_DISABLED is set");
        }
        Origin service = service();
        try {
            // A token each time: it is one more call every few hours, and a token that was revoked cannot be met.
            ControlClient.Response token = ask("PUT", service, "/latest/api/token", TOKEN_TTL);
            if (token.status() != 200) {
                return absent("the metadata service refuses a token with " + token.status());
            }
            Map<String, String> headers = Map.of("x-aws-ec2-metadata-token", token.text().strip());
            ControlClient.Response roles = ask("GET", service, ROLES, headers);
            String role = roles.text().lines().findFirst().orElse("").strip();
            if (roles.status() != 200 || !role.matches("[\\w+=,.@-]{1,128}")) {
                return absent("the instance has no role");
            }
            ControlClient.Response credentials = ask("GET", service, ROLES + role, headers);
            if (credentials.status() != 200) {
                throw new CredentialException("role " + role, CredentialFault.ROLE_STATUS,
                        Integer.toString(credentials.status()));
            }
            AwsCredentials found = AwsJson.parse(credentials.text(), name() + " " + role);
            hadRole = true;
            return new Finding.Found<>(found);
        } catch (StoreException e) {
            return absent("no answer at " + service + " within " + CALL_TIMEOUT.toSeconds()
                    + " s: not on EC2, or a hop limit of 1 hides it from pods");
        }
    }

    /** Nothing is set up here, unless there was before: then it is a fault that passes. */
    private Finding<AwsCredentials> absent(String why) throws CredentialException {
        if (hadRole) {
            throw new CredentialException("", CredentialFault.NO_ANSWER, why);
        }
        return new Finding.Nothing<>(why);
    }

    private Origin service() throws CredentialException {
        String address = environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")
                .orElse(environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
                        .orElse("ipv4")
                        .equalsIgnoreCase("ipv6")
                                ? "http://[fd00:ec2::254]"
                                : "http://169.254.169.254");
        try {
            return Origin.of(URI.create(address));
        } catch (IllegalArgumentException e) {
            throw new CredentialException("AWS_EC2_METADATA_SERVICE_ENDPOINT", CredentialFault.METADATA_ADDRESS,
                    address);
        }
    }

    private ControlClient.Response ask(String method, Origin service, String path, Map<String, String> headers)
            throws StoreException, InterruptedException {
        ControlClient.Call call = new ControlClient.Call(method, service, path, headers, Buffer.buffer(),
                MAX_ANSWER_BYTES,
                CALL_TIMEOUT);
        for (int attempt = 1;; attempt++) {
            try {
                ControlClient.Response response = control.send(call);
                if (response.status() < 500 || attempt == ATTEMPTS) {
                    return response;
                }
            } catch (StoreException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
