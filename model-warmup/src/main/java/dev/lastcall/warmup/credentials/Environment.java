// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.failure.AddressException;
import dev.lastcall.warmup.failure.AddressFault;
import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.network.AuthorityFile;
import dev.lastcall.warmup.network.NetworkSettings;

/**
 * The environment variables and the home folder in which the clouds' tools look for what they need.
 *
 * @param variables all of them
 * @param home of the user
 */
public record Environment(Map<String, String> variables, Path home) {

    /** Copies. */
    public Environment {
        variables = Map.copyOf(variables);
    }

    /** Of this process. */
    public static Environment ofProcess() {
        return of(System.getenv());
    }

    /** With these variables; the home folder is what {@code HOME} says, as for all of the clouds' own tools. */
    public static Environment of(Map<String, String> variables) {
        String home = variables.getOrDefault("HOME", "").strip();
        return new Environment(variables, Path.of(home.isEmpty() ? System.getProperty("user.home", "/") : home));
    }

    /** The path, with the home folder for a tilde. */
    public Path path(String text) {
        return text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
    }

    /** The variable, if it is set to anything but blanks; without blanks around it. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** Whether the variable is set to {@code true} or {@code 1}. */
    public boolean isTrue(String name) {
        return variable(name).filter(value -> value.equalsIgnoreCase("true") || value.equals("1")).isPresent();
    }

    /** AWS's region: from the variables, else from the profile. */
    public Optional<String> region() {
        return variable("AWS_REGION").or(() -> variable("AWS_DEFAULT_REGION"))
                .or(() -> awsProfile("region"));
    }

    /** A setting of the profile in use; one that is nested below another as {@code outer.inner}. */
    public Optional<String> awsProfile(String name) {
        return ProfileFiles.of(this).value(name);
    }

    /**
     * How to talk to the world: as the variables say, and with the authorities of the profile in use where its file can be
     * used. A store that is none of AWS does without it.
     */
    public NetworkSettings network() {
        NetworkSettings settings = NetworkSettings.from(variables);
        try {
            Optional<AuthorityFile> ofProfile = awsAuthorities();
            return ofProfile.isPresent() ? settings.trustingAlso(ofProfile.get()) : settings;
        } catch (CredentialException unusable) {
            return settings;
        }
    }

    /**
     * The authorities that the profile in use names for AWS ({@code ca_bundle}), where {@code AWS_CA_BUNDLE} names none.
     *
     * @throws CredentialException if the file cannot be used
     */
    public Optional<AuthorityFile> awsAuthorities() throws CredentialException {
        ProfileFiles profile = ProfileFiles.of(this);
        Optional<AuthorityFile> file = variable("AWS_CA_BUNDLE").isPresent()
                ? Optional.empty()
                : profile.value("ca_bundle").map(pem -> new AuthorityFile("ca_bundle of " + profile, path(pem)));
        if (file.isPresent()) {
            try {
                file.get().check();
            } catch (LocalException e) {
                throw new CredentialException("AWS", CredentialFault.CA_BUNDLE, e);
            }
        }
        return file;
    }

    /** Whether the variable says so, or the profile where there is no such variable. */
    public boolean isTrueForAws(String variable, String name) {
        return variable(variable).or(() -> awsProfile(name))
                .filter(value -> value.equalsIgnoreCase("true") || value.equals("1"))
                .isPresent();
    }

    /**
     * Where a service is asked for, if it is not asked at AWS's own address ("Service-specific endpoints", AWS SDKs and Tools
     * Reference Guide): the service's variable, the variable of all services, then the same two from the profile.
     *
     * @param service in lower case, such as {@code s3}
     * @throws IllegalArgumentException if what is set is no http or https address, naming where it is set
     */
    public Optional<URI> awsEndpoint(String service) {
        if (isTrueForAws("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")) {
            return Optional.empty();
        }
        String own = "AWS_ENDPOINT_URL_" + service.toUpperCase(Locale.ROOT);
        for (String name : List.of(own, "AWS_ENDPOINT_URL")) {
            Optional<String> value = variable(name);
            if (value.isPresent()) {
                return Optional.of(address(name, value.get()));
            }
        }
        ProfileFiles profile = ProfileFiles.of(this);
        return profile.endpoint(service).map(value -> address("endpoint_url of " + profile, value));
    }

    /**
    * The address in a variable.
    *
    * @throws AddressException if what is set is no http or https address
    */
    public Optional<URI> address(String variable) {
        return variable(variable).map(value -> address(variable, value));
    }

    /**
     * An address that is set somewhere.
     *
     * @throws AddressException if it is no http or https address, naming where it is set
     */
    public static URI address(String where, String text) {
        try {
            URI address = URI.create(text);
            Origin.of(address);
            return address;
        } catch (IllegalArgumentException e) {
            throw new AddressException(new Failure.BadAddress(where, AddressFault.SETTING, "\"" + text + "\""), e);
        }
    }
}
