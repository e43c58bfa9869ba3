// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A role taken on by a token that Kubernetes puts into a file (IRSA). The file is read again each time, as the token in it is
 * replaced.
 */
final class WebIdentity implements CredentialProvider<AwsCredentials> {

    private final Environment environment;
    private final TokenService tokens;

    WebIdentity(Environment environment, TokenService tokens) {
        this.environment = environment;
        this.tokens = tokens;
    }

    @Override
    public String name() {
        return "web identity";
    }

    @Override
    public Finding<AwsCredentials> find() throws CredentialException, InterruptedException {
        Optional<String> role = environment.variable("AWS_ROLE_ARN");
        Optional<String> file = environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
        if (role.isEmpty() || file.isEmpty()) {
            return new Finding.Nothing<>(
                    (file.isEmpty() ? "AWS_WEB_IDENTITY_TOKEN_FILE" : "AWS_ROLE_ARN") + " is not set");
        }
        return new Finding.Found<>(tokens.byToken(role.get(), Path.of(file.get()),
                environment.variable("AWS_ROLE_SESSION_NAME"), name()));
    }
}
