// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.warmup.failure.CredentialFault;

/**
 * A profile of AWS's files: a key, or a role that is taken on by a token file, by another profile ({@code source_profile}) or
 * by what this node has anyway ({@code credential_source}) ("Assume role credential provider", AWS SDKs and Tools Reference
 * Guide).
 */
final class ProfileCredentials implements CredentialProvider<AwsCredentials> {

    /** What a profile can also say, and what a daemon on a node has no use for: a browser, a program, a second factor. */
    private static final List<String> OTHER_WAYS = List.of("sso_session", "sso_start_url", "sso_account_id",
            "login_session", "credential_process", "mfa_serial");

    private static final int MAX_PROFILES = 5;

    private final Environment environment;
    private final TokenService tokens;
    private final Map<String, CredentialProvider<AwsCredentials>> sources;

    /**
     * Of this environment.
     *
     * @param sources by the names that {@code credential_source} can have
     */
    ProfileCredentials(Environment environment, TokenService tokens,
            Map<String, CredentialProvider<AwsCredentials>> sources) {
        this.environment = environment;
        this.tokens = tokens;
        this.sources = Map.copyOf(sources);
    }

    @Override
    public String name() {
        return "profile files";
    }

    @Override
    public Finding<AwsCredentials> find() throws CredentialException, InterruptedException {
        ProfileFiles profile = ProfileFiles.of(environment);
        if (profile.values().isEmpty()) {
            String where = profile + " is neither in " + ProfileFiles.config(environment) + " nor in "
                    + ProfileFiles.credentials(environment);
            if (profile.isAskedFor()) {
                throw new CredentialException("", CredentialFault.NO_PROFILE, where);
            }
            return new Finding.Nothing<>(where);
        }
        Optional<AwsCredentials> found = of(profile, new LinkedHashSet<>());
        return found.<Finding<AwsCredentials>>map(Finding.Found::new)
                .orElseGet(() -> new Finding.Nothing<>(profile + " holds no key"));
    }

    /** {@code visited} are the profiles on the way here. */
    private Optional<AwsCredentials> of(ProfileFiles profile, Set<String> visited)
            throws CredentialException, InterruptedException {
        boolean isSecondVisit = !visited.add(profile.profile());
        Optional<String> role = profile.value("role_arn");
        // A profile that is its own source means its own key, as in AWS's tools.
        if (role.isPresent() && !(isSecondVisit && profile.key().isPresent())) {
            if (isSecondVisit || visited.size() > MAX_PROFILES) {
                throw new CredentialException("", CredentialFault.PROFILE_CIRCLE, String.join(", ", visited));
            }
            refuseOtherWays(profile);
            return Optional.of(assumed(profile, role.get(), visited));
        }
        if (profile.key().isEmpty()) {
            refuseOtherWays(profile);
        }
        return profile.key();
    }

    private static void refuseOtherWays(ProfileFiles profile) throws CredentialException {
        for (String way : OTHER_WAYS) {
            if (profile.value(way).isPresent()) {
                throw failed(profile, CredentialFault.OTHER_WAY, way);
            }
        }
    }

    private AwsCredentials assumed(ProfileFiles profile, String role, Set<String> visited)
            throws CredentialException, InterruptedException {
        Optional<String> session = profile.value("role_session_name");
        Optional<String> tokenFile = profile.value("web_identity_token_file");
        if (tokenFile.isPresent()) {
            return tokens.byToken(role, environment.path(tokenFile.get()), session, name());
        }
        return tokens.byCredentials(role, source(profile, visited), session, profile.value("external_id"), name());
    }

    private AwsCredentials source(ProfileFiles profile, Set<String> visited)
            throws CredentialException, InterruptedException {
        Optional<String> other = profile.value("source_profile");
        Optional<String> kind = profile.value("credential_source");
        if (other.isPresent() == kind.isPresent()) {
            throw failed(profile, CredentialFault.ROLE_WITHOUT_SOURCE, "");
        }
        if (other.isPresent()) {
            return of(ProfileFiles.named(environment, other.get()), visited)
                    .orElseThrow(() -> failed(profile, CredentialFault.NO_SOURCE_PROFILE, other.get()));
        }
        CredentialProvider<AwsCredentials> source = sources.get(kind.orElse(""));
        if (source == null) {
            throw failed(profile, CredentialFault.ODD_SOURCE, kind.orElse(""));
        }
        return switch (source.find()) {
            case Finding.Found<AwsCredentials>(AwsCredentials value) -> value;
            case Finding.Nothing<AwsCredentials>(String why) ->
                throw failed(profile, CredentialFault.EMPTY_SOURCE, kind.orElse("") + ", " + why);
        };
    }

    private static CredentialException failed(ProfileFiles profile, CredentialFault fault, String detail) {
        return new CredentialException(profile.toString(), fault, detail);
    }
}
