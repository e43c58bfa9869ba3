// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.lastcall.agent.server.UnixUrl;
import dev.lastcall.agent.values.ByteRate;
import dev.lastcall.agent.values.ByteSize;
import dev.lastcall.agent.values.Durations;
import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.agent.values.Quota;
import dev.lastcall.agent.values.Secret;

/**
 * How one kind of value is read and shown.
 *
 * @param allowed what may be written, for messages and for the reference
 * @param shape what it looks like in YAML
 * @param parse reads it; throws {@link IllegalArgumentException} whose message completes "the value …"
 * @param format shows it as it would be written
 * @param secret whether it is masked wherever it is shown
 */
record ValueType<T>(String allowed, ValueShape shape, Function<String, T> parse, Function<T, String> format,
        boolean secret) {

    /** Longest value of any key, in characters. */
    static final int MAX_LENGTH = 4096;

    /** The ways in which people write the address of a server on a Unix socket; curl, Docker, nginx and Python each have one. */
    private static final Pattern UNIX_SOCKET = Pattern.compile(
            "(?i)unix:|https?\\+unix:|https?://unix:|https?://(?:[^/?#]*@)?%2f|https?:///|/(?!/)");

    private static <T> ValueType<T> of(String allowed, Function<String, T> parse, Function<T, String> format) {
        return new ValueType<>(allowed, ValueShape.anyText(), parse, format, false);
    }

    static ValueType<Boolean> flag() {
        return new ValueType<>("true or false", new ValueShape.Flag(), text -> switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("is neither true nor false");
        }, Object::toString, false);
    }

    static ValueType<Integer> number(int min, int max) {
        return new ValueType<>("a whole number, " + min + " to " + max, new ValueShape.Whole(min, max), text -> {
            int number;
            try {
                number = Integer.parseInt(text);
            } catch (NumberFormatException none) {
                throw new IllegalArgumentException("is no whole number", none);
            }
            if (number < min || number > max) {
                throw new IllegalArgumentException("is out of range");
            }
            return number;
        }, Object::toString, false);
    }

    static ValueType<Duration> duration(Duration min, Duration max) {
        String range = Durations.format(min) + " to " + Durations.format(max);
        return of("a duration from " + range + ", such as 30s or 1m30s", text -> {
            Duration duration = Durations.parse(text);
            if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
                throw new IllegalArgumentException("is out of range");
            }
            return duration;
        }, Durations::format);
    }

    static ValueType<Duration> durationOf(List<Duration> choices) {
        List<String> words = choices.stream().map(Durations::format).toList();
        return new ValueType<>(String.join(" or ", words), new ValueShape.Text(words), text -> {
            Duration duration = Durations.parse(text);
            if (!choices.contains(duration)) {
                throw new IllegalArgumentException("is not one of them");
            }
            return duration;
        }, Durations::format, false);
    }

    /** A word for each constant: its name in lower case with hyphens. */
    static <E extends Enum<E>> ValueType<E> word(E[] constants) {
        List<String> words = Arrays.stream(constants).map(ValueType::wordOf).toList();
        return new ValueType<>(String.join(", ", words), new ValueShape.OneOf(words),
                text -> Arrays.stream(constants)
                        .filter(constant -> wordOf(constant).equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("is not one of them")),
                ValueType::wordOf, false);
    }

    private static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** An http or https address; the type of every key that takes a URL but that of a server. */
    static ValueType<URI> url() {
        return of("a URL such as http://127.0.0.1:8000, scheme http or https", text -> {
            if (UNIX_SOCKET.matcher(text).lookingAt()) {
                throw new IllegalArgumentException(
                        "is a Unix socket, which only the url of a server may be; give an address of TCP here");
            }
            try {
                URI uri = new URI(text);
                boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (!web || uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null
                        || uri.getPort() == 0 || uri.getPort() > 65535) {
                    throw new IllegalArgumentException("is no such URL");
                }
                if (uri.getRawAuthority().endsWith(":")) {
                    throw new IllegalArgumentException("has a colon without a port behind it");
                }
                return uri;
            } catch (URISyntaxException malformed) {
                throw new IllegalArgumentException("is no URL", malformed);
            }
        }, URI::toString);
    }

    /** Where a server of this node serves: a URL, or a Unix socket in one of all the forms that people write. */
    static ValueType<URI> serverUrl() {
        ValueType<URI> web = url();
        return of("a URL such as http://127.0.0.1:8000, scheme http or https, or a Unix socket such as "
                + UnixUrl.EXAMPLE, text -> {
                    if (!UNIX_SOCKET.matcher(text).lookingAt()) {
                        return web.parse().apply(text);
                    }
                    try {
                        URI uri = new URI(text);
                        if (!UnixUrl.isWhole(uri)) {
                            throw new IllegalArgumentException("is a Unix socket; write it as " + UnixUrl.EXAMPLE);
                        }
                        int bytes = uri.getPath().getBytes(StandardCharsets.UTF_8).length;
                        if (bytes > UnixUrl.MAX_PATH_BYTES) {
                            throw new IllegalArgumentException("has a path of " + bytes + " bytes; the kernel takes "
                                    + UnixUrl.MAX_PATH_BYTES + " for a Unix socket");
                        }
                        return URI.create("unix://" + uri.getRawPath());
                    } catch (URISyntaxException malformed) {
                        throw new IllegalArgumentException("is no URL", malformed);
                    }
                }, URI::toString);
    }

    static ValueType<ByteSize> size(ByteSize min, ByteSize max) {
        return of("a size from " + min + " to " + max + ", such as 64KiB, 8MiB or 1GiB", text -> {
            ByteSize size = ByteSize.parse(text);
            if (size.bytes() < min.bytes() || size.bytes() > max.bytes()) {
                throw new IllegalArgumentException("is out of range");
            }
            return size;
        }, ByteSize::toString);
    }

    static ValueType<ByteRate> rate() {
        return of(ByteRate.ALLOWED, ByteRate::parse, ByteRate::toString);
    }

    static ValueType<Quota> quota() {
        return of(Quota.ALLOWED, Quota::parse, Quota::toString);
    }

    static ValueType<ListenAddress> listen() {
        return of(ListenAddress.ALLOWED, ListenAddress::parse, ListenAddress::toString);
    }

    static ValueType<Path> absolutePath() {
        return of("an absolute path", text -> {
            try {
                Path path = Path.of(text);
                if (!path.isAbsolute()) {
                    throw new IllegalArgumentException("is not absolute");
                }
                return path.normalize();
            } catch (InvalidPathException malformed) {
                throw new IllegalArgumentException("is no path", malformed);
            }
        }, Path::toString);
    }

    static ValueType<OffsetDateTime> instant() {
        return of("a time with its offset such as 2026-12-01T11:30:00Z", text -> {
            try {
                return OffsetDateTime.parse(text);
            } catch (DateTimeException malformed) {
                throw new IllegalArgumentException("is no such time", malformed);
            }
        }, OffsetDateTime::toString);
    }

    /** Text that matches a pattern. */
    static ValueType<String> text(String allowed, String pattern) {
        return of(allowed, text -> {
            if (!text.matches(pattern)) {
                throw new IllegalArgumentException("is not");
            }
            return text;
        }, Function.identity());
    }

    /** Visible ASCII that is never shown. */
    static ValueType<Secret> secret(int minLength) {
        String allowed = "at least " + minLength + " visible ASCII characters without blanks";
        return new ValueType<>(allowed, ValueShape.anyText(), text -> {
            if (text.length() < minLength || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException("is not");
            }
            return Secret.of(text);
        }, Secret::toString, true);
    }

    /** A list of these, shown as it would be written. */
    String formatAll(List<T> values) {
        return values.stream().map(format).collect(Collectors.joining(", ", "[", "]"));
    }
}
