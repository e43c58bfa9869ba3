// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies AWS Signature Version 4 from a request as it came over the wire; written apart from the signer, so that the two
 * can disagree.
 */
final class SigV4Verifier {

    private static final Pattern AUTHORIZATION = Pattern
            .compile("AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/([^/]+)/"
                    + "aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})");
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'")
            .withZone(ZoneOffset.UTC);
    private static final Duration MAX_SKEW = Duration.ofMinutes(15);

    private final String region;
    private final Map<String, Key> keys;
    private final Supplier<Instant> clock;

    SigV4Verifier(String region, Map<String, Key> keys, Supplier<Instant> clock) {
        this.region = region;
        this.keys = keys;
        this.clock = clock;
    }

    /** What the store knows of an access key; an empty token for a permanent one. */
    record Key(String secret, String token, Instant expiration) {}

    /** The error code, or nothing if the request is signed well. */
    String fault(ScriptedStore.Request request) {
        Matcher authorization = AUTHORIZATION.matcher(request.header("authorization"));
        if (!authorization.matches()) {
            return "AccessDenied";
        }
        String stamp = request.header("x-amz-date");
        Key key = keys.get(authorization.group(1));
        List<String> signed = Arrays.asList(authorization.group(5).split(";"));
        boolean isAllSigned = signed.contains("host")
                && request.headers()
                        .keySet()
                        .stream()
                        .allMatch(name -> !name.startsWith("x-amz-") || signed.contains(name));
        if (key == null) {
            return "InvalidAccessKeyId";
        }
        if (!isAllSigned || !stamp.startsWith(authorization.group(2))
                || !signed.equals(List.copyOf(new TreeSet<>(signed)))) {
            return "AccessDenied";
        }
        if (Duration.between(STAMP.parse(stamp, Instant::from), clock.get()).abs().compareTo(MAX_SKEW) > 0) {
            return "RequestTimeTooSkewed";
        }
        if (!authorization.group(3).equals(region)) {
            return "AuthorizationHeaderMalformed";
        }
        if (!key.token().equals(request.header("x-amz-security-token"))) {
            return "InvalidToken";
        }
        if (!clock.get().isBefore(key.expiration())) {
            return "ExpiredToken";
        }
        String scope = authorization.group(2) + "/" + region + "/" + authorization.group(4) + "/aws4_request";
        String text = "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + sha256(canonical(request, signed));
        byte[] derived = ("AWS4" + key.secret()).getBytes(StandardCharsets.UTF_8);
        for (String step : List.of(scope.split("/", -1))) {
            derived = hmac(derived, step);
        }
        return HexFormat.of().formatHex(hmac(derived, text)).equals(authorization.group(6))
                ? ""
                : "SignatureDoesNotMatch";
    }

    private static String canonical(ScriptedStore.Request request, List<String> signed) {
        String target = request.target();
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        String query = question < 0
                ? ""
                : Arrays.stream(target.substring(question + 1).split("&"))
                        .map(pair -> pair.contains("=") ? pair : pair + "=")
                        .sorted((left, right) -> left.replace('=', '\1').compareTo(right.replace('=', '\1')))
                        .collect(Collectors.joining("&"));
        StringBuilder text = new StringBuilder(request.method()).append('\n')
                .append(path)
                .append('\n')
                .append(query)
                .append('\n');
        for (String name : signed) {
            text.append(name).append(':').append(request.header(name).strip().replaceAll(" +", " ")).append('\n');
        }
        return text.append('\n')
                .append(String.join(";", signed))
                .append('\n')
                .append(request.header("x-amz-content-sha256").isEmpty()
                        ? sha256(request.body())
                        : request.header("x-amz-content-sha256"))
                .toString();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
