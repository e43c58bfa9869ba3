// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.lastcall.warmup.credentials.SigV4Signer.Parameter;
import dev.lastcall.warmup.credentials.SigV4Signer.Unsigned;
import dev.lastcall.warmup.http.PercentEncoding;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

import static org.assertj.core.api.Assertions.assertThat;

/** The signer of the AWS SDK for Java as the oracle. */
class SigV4OracleTest {

    private static final AwsV4HttpSigner ORACLE = AwsV4HttpSigner.create();

    private final SigV4Signer signer = new SigV4Signer("s3");

    @Property(tries = 300)
    void everySignatureIsTheOneOfTheAwsSdk(@ForAll("keys") String key, @ForAll("queries") Map<String, String> query,
            @ForAll("hosts") String host, @ForAll("tokens") String token, @ForAll("seconds") long second) {
        String path = "/" + PercentEncoding.path(key);
        Map<String, String> headers = Map.of("range", "bytes=16777216-33554431", "if-match", "\"a  b-3\"",
                "x-amz-checksum-mode", "ENABLED");
        Unsigned request = new Unsigned("GET", host, path,
                query.entrySet().stream().map(entry -> new Parameter(entry.getKey(), entry.getValue())).toList(),
                headers);
        Instant time = Instant.ofEpochSecond(second);
        AwsCredentials credentials = token.isEmpty()
                ? AwsCredentials.permanent("AKID", "secret/key+", "test")
                : AwsCredentials.session("AKID", "secret/key+", token, "test");

        String ours = signer.sign(request, credentials, "eu-central-1", time).getOrDefault("authorization", "");

        assertThat(ours).isEqualTo(byTheSdk(request, query, token, time));
    }

    private static String byTheSdk(Unsigned request, Map<String, String> query, String token, Instant time) {
        SdkHttpRequest.Builder builder = SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .uri(URI.create("http://" + request.host()))
                .encodedPath(request.path());
        query.forEach(builder::putRawQueryParameter);
        request.headers().forEach(builder::putHeader);
        AwsCredentialsIdentity identity = token.isEmpty()
                ? AwsCredentialsIdentity.create("AKID", "secret/key+")
                : AwsSessionCredentialsIdentity.create("AKID", "secret/key+", token);
        return ORACLE.sign(sign -> sign.identity(identity)
                .request(builder.build())
                .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-central-1")
                .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
                .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(time, ZoneOffset.UTC)))
                .request()
                .firstMatchingHeader("Authorization")
                .orElseThrow();
    }

    @Provide
    Arbitrary<String> keys() {
        Arbitrary<String> piece = Arbitraries.of("a", "B9", " ", "+", "%", "%2F", "/", "//", "..", ".", "~", "-_", "é",
                "e\u0301",
                "€", "😀", "&", "=", "?", "#", "'", "(", "!", "*", ":", "@", "\"");
        return piece.list().ofMinSize(1).ofMaxSize(12).map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<Map<String, String>> queries() {
        Arbitrary<String> names = Arbitraries.of("prefix", "list-type", "max-keys", "continuation-token", "versionId",
                "a b", "é");
        return Combinators.combine(names, keys()).as(Map::entry).list().ofMaxSize(5).map(entries -> {
            Map<String, String> query = new LinkedHashMap<>();
            entries.forEach(entry -> query.put(entry.getKey(), entry.getValue()));
            return query;
        });
    }

    @Provide
    Arbitrary<String> hosts() {
        return Arbitraries.of("weights.s3.eu-central-1.amazonaws.com", "127.0.0.1:9000", "minio.local:8080");
    }

    @Provide
    Arbitrary<String> tokens() {
        return Arbitraries.of("", "IQoJb3JpZ2luX2VjEB+/==", "t");
    }

    @Provide
    Arbitrary<Long> seconds() {
        return Arbitraries.longs().between(1_500_000_000L, 4_000_000_000L);
    }
}
