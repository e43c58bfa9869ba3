// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * AWS's {@code config} and {@code credentials} files ("Shared config and credentials files", AWS SDKs and Tools Reference
 * Guide): one profile out of both, the second file's values first.
 *
 * @param profile its name
 * @param isAskedFor whether the user named the profile, rather than it being the default
 * @param values by lower-case name, those of the section that it names in {@code services} among them; empty if no file has
 *     the profile
 */
record ProfileFiles(String profile, boolean isAskedFor, Map<String, String> values) {

    private static final String OF_SERVICE = "services.";

    static ProfileFiles of(Environment environment) {
        Optional<String> asked = environment.variable("AWS_PROFILE")
                .or(() -> environment.variable("AWS_DEFAULT_PROFILE"));
        ProfileFiles named = named(environment, asked.orElse("default"));
        return new ProfileFiles(named.profile, asked.isPresent(), named.values);
    }

    /** Another one than the one in use. */
    static ProfileFiles named(Environment environment, String profile) {
        ProfileText config = read(config(environment), true);
        ProfileText credentials = read(credentials(environment), false);
        Map<String, String> values = new HashMap<>(config.profiles().getOrDefault(profile, Map.of()));
        values.putAll(credentials.profiles().getOrDefault(profile, Map.of()));
        Optional.ofNullable(values.get("services"))
                .map(services -> config.services().getOrDefault(services, Map.of()))
                .ifPresent(services -> services.forEach((name, value) -> values.put(OF_SERVICE + name, value)));
        return new ProfileFiles(profile, true, Map.copyOf(values));
    }

    static Path config(Environment environment) {
        return environment.variable("AWS_CONFIG_FILE")
                .map(environment::path)
                .orElse(environment.home().resolve(".aws/config"));
    }

    static Path credentials(Environment environment) {
        return environment.variable("AWS_SHARED_CREDENTIALS_FILE")
                .map(environment::path)
                .orElse(environment.home().resolve(".aws/credentials"));
    }

    /** The value, if there is one. */
    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    /** The key in the profile itself. */
    Optional<AwsCredentials> key() {
        Optional<String> id = value("aws_access_key_id");
        Optional<String> secret = value("aws_secret_access_key");
        if (id.isEmpty() || secret.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(value("aws_session_token")
                .map(token -> AwsCredentials.session(id.get(), secret.get(), token, toString()))
                .orElseGet(() -> AwsCredentials.permanent(id.get(), secret.get(), toString())));
    }

    /** Without what it holds. */
    @Override
    public String toString() {
        return "profile " + profile;
    }

    Optional<String> region() {
        return value("region");
    }

    /** The endpoint of a service: its own in the section that the profile names for services, else that of all. */
    Optional<String> endpoint(String service) {
        return value(OF_SERVICE + service + ".endpoint_url").or(() -> value("endpoint_url"));
    }

    private static ProfileText read(Path file, boolean isConfig) {
        if (Files.isRegularFile(file)) {
            try {
                return ProfileText.parse(SecretFile.read(file), isConfig);
            } catch (CredentialException e) {
                // Unreadable is like absent, as in AWS's tools: often a file of another user on a node.
                return new ProfileText(Map.of(), Map.of());
            }
        }
        return new ProfileText(Map.of(), Map.of());
    }
}
