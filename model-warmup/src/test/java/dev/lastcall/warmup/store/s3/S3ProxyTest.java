// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;

import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.http.RangeBytes;
import dev.lastcall.warmup.store.s3.S3Settings.Addressing;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.junit.S3ProxyExtension;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Against s3proxy, which verifies every signature itself; filled by the AWS SDK. */
@Timeout(120)
class S3ProxyTest {

    private static final int MOST_TRIES = 5;

    @RegisterExtension
    static final S3ProxyExtension PROXY = S3ProxyExtension.builder()
            .withCredentials(AuthenticationType.AWS_V4, "access", "secret")
            .build();

    private static final AwsCredentials KEY = AwsCredentials.permanent("access", "secret", "test");

    @AutoClose
    private static final Network NETWORK = Network.create();

    private S3Client sdk;
    private S3Settings settings;

    @BeforeEach
    void fill() {
        settings = S3Settings.AWS.withEndpoint(Objects.requireNonNull(PROXY.getUri())).withAddressing(Addressing.PATH);
        sdk = S3Client.builder()
                .endpointOverride(PROXY.getUri())
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .httpClient(UrlConnectionHttpClient.create())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("access", "secret")))
                .build();
        sdk.createBucket(create -> create.bucket("weights"));
    }

    /** The client sends on a kept connection that the server may just be closing, and does not repeat what it then cannot send. */
    private void put(String key, byte[] bytes) {
        for (int tries = 1;; tries++) {
            try {
                sdk.putObject(put -> put.bucket("weights").key(key), RequestBody.fromBytes(bytes));
                return;
            } catch (UncheckedIOException closed) {
                if (tries == MOST_TRIES) {
                    throw closed;
                }
            }
        }
    }

    private S3Store store(String prefix, AwsCredentials credentials) {
        return new S3Store("weights", prefix, settings, Sign.with(credentials), NETWORK);
    }

    private static byte[] read(S3Store store, RemoteFile file, long offset, int length) throws Exception {
        try (RangeReader reader = store.openReader()) {
            return RangeBytes.read(reader, file, offset, length);
        }
    }

    @Test
    void oddNamesAndSizesAreListedLookedAtAndRead() throws Exception {
        Map<String, byte[]> objects = new TreeMap<>();
        List<String> names = List.of("a b", "a+b", "a%2Fb", "a..b", "é-nfc", "e\u0301-nfd", "😀", "x&y=z?#",
                "deep/er/'(!*)", "~t-._");
        for (int i = 0; i < names.size(); i++) {
            objects.put(names.get(i), TestBytes.random(1 + i * 1000, i));
        }
        objects.put("empty", new byte[0]);
        objects.forEach((name, bytes) -> put("models/foo/" + name, bytes));
        put("models/foobar/other", new byte[3]);
        put("models/foo/", new byte[0]);

        S3Store store = store("models/foo", KEY);
        List<RemoteFile> files = store.list(Selection.ALL).files();

        assertThat(files).extracting(RemoteFile::path).containsExactlyInAnyOrderElementsOf(objects.keySet());
        for (RemoteFile file : files) {
            byte[] expected = objects.getOrDefault(file.path(), new byte[0]);
            assertThat(file.sizeBytes()).isEqualTo(expected.length);
            assertThat(file.validator().isStrong()).isTrue();
            // Its entity tag has the form of an MD5, and names a version all the same.
            assertThat(file.bestDigest()).isEmpty();
            if (expected.length > 0) {
                assertThat(read(store, file, 0, expected.length)).as(file.path()).isEqualTo(expected);
            }
        }
    }

    @Test
    void rangesAreTheBytesAskedForAndAReplacedObjectIsReported() throws Exception {
        byte[] bytes = TestBytes.random(300_000, 1);
        put("r/model.safetensors", bytes);
        S3Store store = store("r/", KEY);
        RemoteFile file = store.list(Selection.ALL).files().getFirst();

        assertThat(read(store, file, 100_000, 50_000)).isEqualTo(Arrays.copyOfRange(bytes, 100_000, 150_000));

        put("r/model.safetensors", TestBytes.random(300_000, 2));
        assertThat(catchThrowableOfType(StoreException.class, () -> read(store, file, 0, 10)).problem())
                .isEqualTo(StoreProblem.CHANGED);
        assertThat(store.refresh(file).isSameVersionAs(file)).isFalse();
    }

    @Test
    void prefixThatNamesOneObjectIsThatObject() throws Exception {
        put("one/model.gguf", TestBytes.random(1000, 1));

        assertThat(store("one/model.gguf", KEY).list(Selection.ALL).files()).extracting(RemoteFile::path)
                .containsExactly("model.gguf");
    }

    @Test
    void wrongSecretUnknownKeyAndNoKeyAreRefusedWithWhatToDo() {
        put("x/y", new byte[1]);

        assertThat(failure(store("x", AwsCredentials.permanent("access", "wrong", "test")))).hasMessageContaining(
                "SignatureDoesNotMatch").hasMessageContaining("check the credentials");
        assertThat(failure(store("x", AwsCredentials.permanent("unknown", "secret", "test"))))
                .hasMessageContaining("s3://weights/");
        assertThat(failure(new S3Store("weights", "x", settings.unsigned(), null, NETWORK)).problem())
                .isEqualTo(StoreProblem.REFUSED);
        assertThat(failure(new S3Store("nowhere", "x", settings, Sign.with(KEY), NETWORK)))
                .hasMessageContaining("no such bucket");
    }

    private static StoreException failure(S3Store store) {
        return catchThrowableOfType(StoreException.class, () -> store.list(Selection.ALL));
    }

    @Test
    void uploadInPartsWhosePartsTheStoreDoesNotTellHasNoDigestAndIsRead() throws Exception {
        byte[] bytes = TestBytes.random(11 << 20, 5);
        String id = sdk.createMultipartUpload(
                create -> create.bucket("weights").key("mp/model").checksumAlgorithm(ChecksumAlgorithm.CRC32_C))
                .uploadId();
        int part = 5 << 20;
        List<CompletedPart> parts = IntStream.rangeClosed(1, 3).mapToObj(number -> {
            byte[] piece = Arrays.copyOfRange(bytes, (number - 1) * part, Math.min(bytes.length, number * part));
            var answer = sdk.uploadPart(upload -> upload.bucket("weights")
                    .key("mp/model")
                    .uploadId(id)
                    .partNumber(number)
                    .checksumAlgorithm(ChecksumAlgorithm.CRC32_C), RequestBody.fromBytes(piece));
            return CompletedPart.builder()
                    .partNumber(number)
                    .eTag(answer.eTag())
                    .checksumCRC32C(answer.checksumCRC32C())
                    .build();
        }).toList();
        sdk.completeMultipartUpload(
                complete -> complete.bucket("weights")
                        .key("mp/model")
                        .uploadId(id)
                        .multipartUpload(m -> m.parts(parts)));

        RemoteFile file = store("mp", KEY).list(Selection.ALL).files().getFirst();

        assertThat(file.sizeBytes()).isEqualTo(bytes.length);
        assertThat(file.digests()).isEmpty();
        assertThat(read(store("mp", KEY), file, 5_000_000, 1_000_000))
                .isEqualTo(Arrays.copyOfRange(bytes, 5_000_000, 6_000_000));
    }
}
