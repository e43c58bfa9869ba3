// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.lastcall.warmup.http.Proxies;

/**
 * How to talk to the world.
 *
 * @param authorities PEM files of authorities to trust; those that this Java trusts where there are none
 * @param moreAuthorities PEM files of authorities to trust besides
 * @param proxies which requests go through a proxy
 */
public record NetworkSettings(List<AuthorityFile> authorities, List<AuthorityFile> moreAuthorities, Proxies proxies) {

    /** Straight there, trusting what this Java trusts. */
    public static final NetworkSettings DIRECT = new NetworkSettings(List.of(), List.of(), Proxies.NONE);

    /** Copies. */
    public NetworkSettings {
        authorities = List.copyOf(authorities);
        moreAuthorities = List.copyOf(moreAuthorities);
    }

    /**
     * What the environment says: {@code SSL_CERT_FILE} replaces the authorities that this Java trusts, as OpenSSL has it;
     * {@code AWS_CA_BUNDLE}, which AWS's tools read for AWS alone, adds to them; proxies as {@link Proxies#of(Map)} says.
     */
    public static NetworkSettings from(Map<String, String> variables) {
        return new NetworkSettings(file(variables, "SSL_CERT_FILE").toList(), file(variables, "AWS_CA_BUNDLE").toList(),
                Proxies.of(variables));
    }

    private static Stream<AuthorityFile> file(Map<String, String> variables, String name) {
        return Optional.ofNullable(variables.get(name))
                .map(String::strip)
                .filter(path -> !path.isEmpty())
                .map(path -> new AuthorityFile(name, Path.of(path)))
                .stream();
    }

    /** The same with the authorities of this PEM file in place of all others. */
    public NetworkSettings trusting(Path pem) {
        return new NetworkSettings(List.of(new AuthorityFile("SSL_CERT_FILE", pem)), List.of(), proxies);
    }

    /** The same with the authorities of one more file. */
    public NetworkSettings trustingAlso(AuthorityFile file) {
        return new NetworkSettings(authorities, Stream.concat(moreAuthorities.stream(), Stream.of(file)).toList(),
                proxies);
    }

    /** The same through other proxies. */
    public NetworkSettings through(Proxies others) {
        return new NetworkSettings(authorities, moreAuthorities, others);
    }
}
