// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** AWS's own client against the scripted S3: what it signs is accepted, what it parses is what was put there. */
@Timeout(60)
class ScriptedS3Test {

    private final ScriptedStore server = new ScriptedStore();
    private final ScriptedS3 s3 = new ScriptedS3(server).key("AKID", "secret").key("ASIA", "s", "token", Instant.MAX);

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private S3Client client(AwsCredentials credentials, Region region) {
        return S3Client.builder()
                .endpointOverride(s3.endpoint())
                .forcePathStyle(true)
                .region(region)
                .httpClient(UrlConnectionHttpClient.create())
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .build();
    }

    @Test
    void awssClientListsAndReadsRangesSignedBothWays() {
        byte[] bytes = TestBytes.random(1000, 1);
        s3.pageSize(2).put("m/a b+c%é", bytes, "e1").put("m/b", bytes, "e2").put("m/c", bytes, "e3");
        for (AwsCredentials credentials : new AwsCredentials[]{AwsBasicCredentials.create("AKID", "secret"),
            AwsSessionCredentials.create("ASIA", "s", "token")}) {
            try (S3Client client = client(credentials, Region.US_EAST_1)) {
                assertThat(client.listObjectsV2Paginator(list -> list.bucket("weights").prefix("m/")).contents())
                        .extracting(S3Object::key)
                        .containsExactly("m/a b+c%é", "m/b", "m/c");
                assertThat(client.getObjectAsBytes(
                        get -> get.bucket("weights").key("m/a b+c%é").range("bytes=10-19").ifMatch("\"e1\""))
                        .asByteArray())
                        .isEqualTo(Arrays.copyOfRange(bytes, 10, 20));
                assertThat(client.headObject(head -> head.bucket("weights").key("m/b")).contentLength())
                        .isEqualTo(1000);
            }
        }
    }

    @Test
    void awssClientIsRefusedWithAWrongSecretTokenRegionOrTag() {
        s3.put("m/a", new byte[10], "e1");
        s3.key("OLD", "s", "token", Instant.EPOCH);

        assertThat(code(AwsBasicCredentials.create("AKID", "wrong"), "\"e1\"")).isEqualTo("SignatureDoesNotMatch");
        assertThat(code(AwsBasicCredentials.create("unknown", "secret"), "\"e1\"")).isEqualTo("InvalidAccessKeyId");
        assertThat(code(AwsSessionCredentials.create("ASIA", "s", "other"), "\"e1\"")).isEqualTo("InvalidToken");
        assertThat(code(AwsSessionCredentials.create("OLD", "s", "token"), "\"e1\"")).isEqualTo("ExpiredToken");
        try (S3Client client = client(AwsBasicCredentials.create("AKID", "secret"), Region.EU_WEST_1)) {
            assertThat(catchThrowableOfType(SdkServiceException.class,
                    () -> client.getObjectAsBytes(get -> get.bucket("weights").key("m/a"))).statusCode())
                    .isEqualTo(400);
        }
    }

    private String code(AwsCredentials credentials, String etag) {
        try (S3Client client = client(credentials, Region.US_EAST_1)) {
            return catchThrowableOfType(S3Exception.class,
                    () -> client.getObjectAsBytes(get -> get.bucket("weights").key("m/a").ifMatch(etag)))
                    .awsErrorDetails()
                    .errorCode();
        }
    }
}
