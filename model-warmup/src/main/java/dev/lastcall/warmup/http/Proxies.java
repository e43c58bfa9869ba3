// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.lastcall.warmup.failure.AddressException;
import org.jspecify.annotations.Nullable;

/**
 * Which requests go through a proxy, by the variables that curl and the clouds' tools read. What hands out credentials to
 * this node (link-local addresses and their names) and the node itself are never asked through one. Immutable.
 */
public final class Proxies {

    /** None at all. */
    public static final Proxies NONE = new Proxies(null, null, List.of());

    /** IMDS, ECS, EKS, the metadata servers' names, loopback: whatever a variable says, these are this node's own. */
    private static final Pattern NEVER = Pattern.compile("169\\.254\\..*|127\\..*|0\\.0\\.0\\.0|::1?|0:0:0:0:0:0:0:[01]"
            + "|fe[89ab][0-9a-f]:.*|fd00:ec2:.*|fd20:ce:.*|(?:.*\\.)?localhost\\.?"
            + "|metadata\\.?|(?:.*\\.)?metadata\\.google\\.internal\\.?");

    private final @Nullable Setting forTls;
    private final @Nullable Setting forPlain;
    private final List<Exemption> exemptions;

    /** What a variable says; read when the first request needs it, since a proxy that none needs is no error. */
    private record Setting(String variable, String address) {}

    private Proxies(@Nullable Setting forTls, @Nullable Setting forPlain, List<Exemption> exemptions) {
        this.forTls = forTls;
        this.forPlain = forPlain;
        this.exemptions = exemptions;
    }

    /** By {@code https_proxy}, {@code http_proxy}, {@code all_proxy} and {@code no_proxy}, or the same in capitals. */
    public static Proxies of(Map<String, String> variables) {
        return new Proxies(proxy(variables, "https_proxy"), proxy(variables, "http_proxy"),
                value(variables, "no_proxy")
                        .map(list -> Arrays.stream(list.split("[,\\s]+"))
                                .filter(entry -> !entry.isEmpty())
                                .map(Exemption::parse)
                                .toList())
                        .orElse(List.of()));
    }

    private static @Nullable Setting proxy(Map<String, String> variables, String name) {
        return value(variables, name).map(address -> new Setting(name.toUpperCase(Locale.ROOT), address))
                .or(() -> value(variables, "all_proxy").map(address -> new Setting("ALL_PROXY", address)))
                .orElse(null);
    }

    /** The lower-case variable comes first, as with curl. */
    private static Optional<String> value(Map<String, String> variables, String name) {
        return Optional.ofNullable(variables.get(name))
                .or(() -> Optional.ofNullable(variables.get(name.toUpperCase(Locale.ROOT))))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    /**
     * The proxy for that origin; empty to go straight there.
     *
     * @throws ProxyException if there should be one, and it is of a kind that is not spoken to here
     */
    public Optional<HttpProxy> of(Origin origin) throws ProxyException {
        String host = origin.host().toLowerCase(Locale.ROOT);
        Setting setting = origin.tls() ? forTls : forPlain;
        if (setting == null || NEVER.matcher(host).matches()
                || exemptions.stream().anyMatch(exemption -> exemption.matches(host, origin.port()))) {
            return Optional.empty();
        }
        try {
            return Optional.of(HttpProxy.parse(setting.variable, setting.address));
        } catch (AddressException e) {
            throw new ProxyException(e.failure(), true);
        }
    }
}
