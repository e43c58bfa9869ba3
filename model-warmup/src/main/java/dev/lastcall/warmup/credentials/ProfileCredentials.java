// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A profile of AWS's files that holds a key, or names a role to be taken on by a token file. */
final class ProfileCredentials implements CredentialProvider<AwsCredentials> {

    /** What a profile can also say, and what a daemon on a node has no use for. */
    private static final List<String> OTHER_WAYS = List.of("source_profile", "credential_source", "credential_process",
            "sso_session", "sso_start_url", "login_session");

    private final Environment environment;
    private final WebIdentity webIdentity;

    ProfileCredentials(Environment environment, WebIdentity webIdentity) {
        this.environment = environment;
        this.webIdentity = webIdentity;
    }

    @Override
    public String name() {
        return "profile files";
    }

    @Override
    public Finding<AwsCredentials> find() throws CredentialException, InterruptedException {
        ProfileFiles files = ProfileFiles.of(environment);
        if (files.values().isEmpty()) {
            String where = "profile " + files.profile() + " is neither in " + ProfileFiles.config(environment)
                    + " nor in "
                    + ProfileFiles.credentials(environment);
            if (files.isAskedFor()) {
                throw CredentialException.lasting(where + "; unset AWS_PROFILE or put it there");
            }
            return new Finding.Nothing<>(where);
        }
        Optional<String> role = files.value("role_arn");
        Optional<String> tokenFile = files.value("web_identity_token_file");
        if (role.isPresent() && tokenFile.isPresent()) {
            return new Finding.Found<>(
                    webIdentity.assume(role.get(), Path.of(tokenFile.get()), files.value("role_session_name"), name()));
        }
        Optional<String> id = files.value("aws_access_key_id");
        Optional<String> secret = files.value("aws_secret_access_key");
        if (role.isEmpty() && id.isPresent() && secret.isPresent()) {
            String from = "profile " + files.profile();
            return new Finding.Found<>(files.value("aws_session_token")
                    .map(token -> AwsCredentials.session(id.get(), secret.get(), token, from))
                    .orElseGet(() -> AwsCredentials.permanent(id.get(), secret.get(), from)));
        }
        for (String way : OTHER_WAYS) {
            if (files.value(way).isPresent()) {
                throw CredentialException.lasting("profile " + files.profile() + " uses " + way
                        + ", which is not supported here; use a key, a role with web_identity_token_file, or the node's own role");
            }
        }
        return new Finding.Nothing<>("profile " + files.profile() + " holds no key");
    }
}
