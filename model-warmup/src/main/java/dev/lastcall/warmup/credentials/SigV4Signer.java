// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.lastcall.warmup.http.PercentEncoding;

/**
 * Signs requests with AWS Signature Version 4 in the header form, as S3 wants it: the path encoded once and never
 * normalised ("Signature Version 4 signing process", AWS General Reference; "Authenticating Requests", Amazon S3 API
 * Reference). Every header that is given is signed. Thread-safe.
 */
public final class SigV4Signer {

    /** SHA-256 of nothing, the payload of every request that is sent. */
    static final String EMPTY_PAYLOAD = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    private final String service;
    private final String tokenHeader;
    private final SigningKeys keys = new SigningKeys();

    /** For requests to that service, such as {@code s3}. */
    public SigV4Signer(String service) {
        this(service, "x-amz-security-token");
    }

    /** The same for a service that wants the session's token in a header of its own. */
    public SigV4Signer(String service, String tokenHeader) {
        this.service = service;
        this.tokenHeader = tokenHeader;
    }

    /**
     * The headers to send: those of the request, those that the signature adds, and {@code authorization}; without
     * {@code host}, which the connection writes.
     */
    public Map<String, String> sign(Unsigned request, AwsCredentials credentials, String region, Instant time) {
        String stamp = STAMP.format(time);
        String day = stamp.substring(0, 8);
        Map<String, String> headers = new LinkedHashMap<>(request.headers());
        headers.put("x-amz-content-sha256", EMPTY_PAYLOAD);
        headers.put("x-amz-date", stamp);
        credentials.sessionToken().ifPresent(token -> headers.put(tokenHeader, token));

        SortedMap<String, String> signed = canonicalHeaders(request.host(), headers);
        String names = String.join(";", signed.keySet());
        String scope = day + "/" + region + "/" + service + "/aws4_request";
        String toSign = ALGORITHM + "\n" + stamp + "\n" + scope + "\n"
                + sha256(canonicalRequest(request, signed, names));
        byte[] key = keys.of(credentials.secretAccessKey(), day, region, service);
        String signature = HEX.formatHex(SigningKeys.hmac(key, toSign));
        headers.put("authorization", ALGORITHM + " Credential=" + credentials.accessKeyId() + "/" + scope
                + ", SignedHeaders=" + names + ", Signature=" + signature);
        return headers;
    }

    /** The text whose digest is signed. */
    static String canonicalRequest(Unsigned request, SortedMap<String, String> headers, String names) {
        String lines = headers.entrySet()
                .stream()
                .map(header -> header.getKey() + ":" + header.getValue() + "\n")
                .collect(Collectors.joining());
        return request.method() + "\n" + request.path() + "\n" + request.query() + "\n" + lines + "\n" + names + "\n"
                + EMPTY_PAYLOAD;
    }

    /** By lower-case name, values without surrounding spaces and with runs of spaces as one. */
    static SortedMap<String, String> canonicalHeaders(String host, Map<String, String> headers) {
        SortedMap<String, String> canonical = new TreeMap<>();
        canonical.put("host", host);
        headers.forEach(
                (name, value) -> canonical.put(name.toLowerCase(Locale.ROOT), value.strip().replaceAll(" +", " ")));
        return canonical;
    }

    private static String sha256(String text) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * A request before it is signed. It has no body.
     *
     * @param method in capitals
     * @param host as in the {@code Host} header
     * @param path encoded, as sent
     * @param parameters of the query, not encoded
     * @param headers values by lower-case name; all of them are signed
     */
    public record Unsigned(String method, String host, String path, List<Parameter> parameters,
            Map<String, String> headers) {

        /** Sorts the parameters, so that what is sent is what is signed. */
        public Unsigned {
            headers = Map.copyOf(headers);
            parameters = parameters.stream()
                    .sorted(Comparator.comparing(Parameter::encodedName).thenComparing(Parameter::encodedValue))
                    .toList();
        }

        /** The query, encoded, as signed and as sent; empty for none. */
        public String query() {
            return parameters.stream()
                    .map(parameter -> parameter.encodedName() + "=" + parameter.encodedValue())
                    .collect(Collectors.joining("&"));
        }

        /** Path and query as sent. */
        public String target() {
            return parameters.isEmpty() ? path : path + "?" + query();
        }
    }

    /** One parameter of a query, not encoded. */
    public record Parameter(String name, String value) {

        String encodedName() {
            return PercentEncoding.component(name);
        }

        String encodedValue() {
            return PercentEncoding.component(value);
        }
    }
}
