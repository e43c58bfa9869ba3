// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * AWS's {@code config} and {@code credentials} files ("Shared config and credentials files", AWS SDKs and Tools Reference
 * Guide): one profile out of both, the second file's values first.
 *
 * @param profile its name
 * @param isAskedFor whether somebody named the profile, rather than it being the default
 * @param values by lower-case name; empty if no file has the profile
 */
record ProfileFiles(String profile, boolean isAskedFor, Map<String, String> values) {

    static ProfileFiles of(Environment environment) {
        Optional<String> asked = environment.variable("AWS_PROFILE")
                .or(() -> environment.variable("AWS_DEFAULT_PROFILE"));
        ProfileFiles named = named(environment, asked.orElse("default"));
        return new ProfileFiles(named.profile, asked.isPresent(), named.values);
    }

    /** Another one than the one in use. */
    static ProfileFiles named(Environment environment, String profile) {
        Map<String, String> values = new HashMap<>(section(config(environment), profile, true));
        values.putAll(section(credentials(environment), profile, false));
        return new ProfileFiles(profile, true, Map.copyOf(values));
    }

    static Path config(Environment environment) {
        return environment.variable("AWS_CONFIG_FILE").map(Path::of).orElse(environment.home().resolve(".aws/config"));
    }

    static Path credentials(Environment environment) {
        return environment.variable("AWS_SHARED_CREDENTIALS_FILE")
                .map(Path::of)
                .orElse(environment.home().resolve(".aws/credentials"));
    }

    /** The value, if there is one. */
    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    /** The key that stands in the profile itself. */
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

    private static Map<String, String> section(Path file, String profile, boolean isConfig) {
        if (!Files.isRegularFile(file)) {
            return Map.of();
        }
        try {
            return parse(SecretFile.read(file), profile, isConfig);
        } catch (CredentialException e) {
            // Unreadable is like absent, as in AWS's tools: often a file of another user on a node.
            return Map.of();
        }
    }

    /** The values of one profile; lines that are none are passed over, as in AWS's tools. */
    static Map<String, String> parse(String text, String profile, boolean isConfig) {
        Map<String, String> values = new HashMap<>();
        boolean inside = false;
        for (String line : text.lines().toList()) {
            String stripped = line.strip();
            if (stripped.startsWith("[")) {
                inside = isProfile(stripped, profile, isConfig);
            } else if (inside && !stripped.isEmpty() && !Character.isWhitespace(line.charAt(0))
                    && !stripped.startsWith("#")
                    && !stripped.startsWith(";") && stripped.indexOf('=') > 0) {
                int equals = stripped.indexOf('=');
                String value = stripped.substring(equals + 1).replaceAll("\\s[#;].*$", "").strip();
                values.put(stripped.substring(0, equals).strip().toLowerCase(Locale.ROOT), value);
            }
        }
        return values;
    }

    private static boolean isProfile(String header, String profile, boolean isConfig) {
        int end = header.indexOf(']');
        String name = end < 0 ? "" : header.substring(1, end).strip();
        if (isConfig && !name.equals("default")) {
            return name.startsWith("profile") && name.substring("profile".length()).strip().equals(profile)
                    && !name.equals("profile" + profile);
        }
        return name.equals(profile);
    }
}
