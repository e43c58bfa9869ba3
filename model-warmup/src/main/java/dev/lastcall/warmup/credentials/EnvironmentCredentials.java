// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.util.Optional;

import dev.lastcall.warmup.failure.CredentialFault;

/** {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY} and, for a session, {@code AWS_SESSION_TOKEN}. */
final class EnvironmentCredentials implements CredentialProvider<AwsCredentials> {

    private final Environment environment;

    EnvironmentCredentials(Environment environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "environment variables";
    }

    @Override
    public Finding<AwsCredentials> find() throws CredentialException {
        Optional<String> id = environment.variable("AWS_ACCESS_KEY_ID");
        Optional<String> secret = environment.variable("AWS_SECRET_ACCESS_KEY");
        if (id.isEmpty() && secret.isEmpty()) {
            return new Finding.Nothing<>("AWS_ACCESS_KEY_ID is not set");
        }
        if (id.isEmpty() || secret.isEmpty()) {
            throw new CredentialException("", CredentialFault.HALF_A_KEY, "");
        }
        return new Finding.Found<>(environment.variable("AWS_SESSION_TOKEN")
                .map(token -> AwsCredentials.session(id.get(), secret.get(), token, name()))
                .orElseGet(() -> AwsCredentials.permanent(id.get(), secret.get(), name())));
    }
}
