// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.network.NetworkSettings;
import dev.lastcall.warmup.scripted.ScriptedProxy;
import dev.lastcall.warmup.scripted.ScriptedS3;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.scripted.TestCertificate;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.s3.S3Settings.Addressing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Where requests go. AWS's names lead to the scripted store, which has a certificate for them and verifies signatures. */
@Timeout(60)
class S3AddressTest {

    private static final AwsCredentials KEY = AwsCredentials.permanent("AKID", "secret", "test");

    @TempDir
    static Path folder;

    private static TestCertificate certificate;
    private static ScriptedProxy names;
    private static Network network;

    private final byte[] bytes = TestBytes.random(10_000, 3);
    private ScriptedStore server;
    private ScriptedS3 s3;

    @BeforeAll
    static void open() throws Exception {
        certificate = TestCertificate.create(folder, 1, "*.s3.us-east-1.amazonaws.com", "s3.us-east-1.amazonaws.com",
                "*.s3.dualstack.us-east-1.amazonaws.com", "*.s3-fips.us-east-1.amazonaws.com",
                "*.s3-accelerate.amazonaws.com", "*.s3express-use1-az4.us-east-1.amazonaws.com",
                "account.r2.cloudflarestorage.com");
        names = new ScriptedProxy();
        network = Network.of(NetworkSettings.from(
                Map.of("HTTPS_PROXY", names.address(), "SSL_CERT_FILE", certificate.pem().toString())));
    }

    @AfterAll
    static void close() throws IOException {
        network.close();
        names.close();
    }

    @BeforeEach
    void begin() {
        server = ScriptedStore.tls(certificate.server());
        s3 = new ScriptedS3(server).key("AKID", "secret").put("m/a.bin", bytes, "v1");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void read(S3Settings settings, String bucket, String host) throws Exception {
        names.lead(server.address("").getPort());
        try (S3Store store = new S3Store(bucket, "m", settings, Sign.with(KEY), network);
                RangeReader reader = store.openReader()) {
            RemoteFile file = store.list(Selection.ALL).files().getFirst();
            ByteBuffer read = ByteBuffer.allocate(bytes.length);
            reader.open(file, 0, bytes.length);
            while (read.hasRemaining()) {
                reader.read(read);
            }
            reader.finish();
            assertThat(read.array()).isEqualTo(bytes);
        }
        assertThat(server.requests()).extracting(request -> request.header("host")).containsOnly(host);
    }

    private static S3Settings with(boolean dualStack, boolean fips) {
        return new S3Settings(null, "us-east-1", Addressing.AUTOMATIC, false, false, dualStack, fips);
    }

    @Test
    void bucketIsInTheHostsNameAtAws() throws Exception {
        read(S3Settings.AWS, "weights", "weights.s3.us-east-1.amazonaws.com");
    }

    @Test
    void bucketIsInThePathWhereThatIsAskedFor() throws Exception {
        read(S3Settings.AWS.withAddressing(Addressing.PATH), "weights", "s3.us-east-1.amazonaws.com");
    }

    @Test
    void namesWithTwoFamiliesOfAddressesAreUsed() throws Exception {
        read(with(true, false), "weights", "weights.s3.dualstack.us-east-1.amazonaws.com");
    }

    @Test
    void namesWithValidatedCryptographyAreUsed() throws Exception {
        read(with(false, true), "weights", "weights.s3-fips.us-east-1.amazonaws.com");
    }

    @Test
    void acceleratedEndpointTakesTheBucketInItsName() throws Exception {
        read(S3Settings.AWS.withEndpoint(URI.create("https://s3-accelerate.amazonaws.com")), "weights",
                "weights.s3-accelerate.amazonaws.com");
    }

    @Test
    void endpointOfAnotherStoreTakesTheBucketInThePath() throws Exception {
        s3.region("auto");
        read(S3Settings.AWS.withRegion("auto").withEndpoint(URI.create("https://account.r2.cloudflarestorage.com")),
                "weights", "account.r2.cloudflarestorage.com");
    }

    @Test
    void directoryBucketIsReadByASessionOfItsOwn() throws Exception {
        s3.express();

        read(S3Settings.AWS, "weights--use1-az4--x-s3",
                "weights--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com");

        assertThat(server.requests()).filteredOn(request -> request.target().contains("session")).hasSize(1);
        assertThat(server.requests()).allMatch(request -> request.header("authorization").contains("/s3express/"));
    }

    @Test
    void directoryBucketThatGrantsNoSessionSaysWhatToGrant() {
        names.lead(server.address("").getPort());
        S3Store store = new S3Store("weights--use1-az4--x-s3", "m", S3Settings.AWS,
                Sign.with(AwsCredentials.permanent("OTHER", "secret", "test")), network);

        assertThat(catchThrowableOfType(StoreException.class, () -> store.list(Selection.ALL)))
                .hasMessageContaining("s3express:CreateSession");
    }

    @ParameterizedTest
    @CsvSource({"we.ights, us-east-1, false, https://s3.us-east-1.amazonaws.com, /we.ights",
        "Weights, us-east-1, false, https://s3.us-east-1.amazonaws.com, /Weights",
        "weights, cn-north-1, false, https://weights.s3.cn-north-1.amazonaws.com.cn, ''",
        "weights, us-gov-west-1, true, https://weights.s3-fips.us-gov-west-1.amazonaws.com, ''",
        "ap-abc123-s3alias, us-east-1, false, https://ap-abc123-s3alias.s3.us-east-1.amazonaws.com, ''"})
    void otherNamesAreAddressedAsAwsWantsThem(String bucket, String region, boolean fips, String origin, String path) {
        S3Place place = S3Place.of(with(false, fips), bucket, region);

        assertThat(place.origin()).hasToString(origin);
        assertThat(place.basePath()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://minio:9000", "https://s3.us-west-004.backblazeb2.com",
        "https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com"})
    void endpointsThatAreNotAwssOwnTakeTheBucketInThePath(String endpoint) {
        S3Place place = S3Place.of(S3Settings.AWS.withEndpoint(URI.create(endpoint)), "weights", "us-east-1");

        assertThat(place.origin()).hasToString(endpoint);
        assertThat(place.path("m/a.bin")).isEqualTo("/weights/m/a.bin");
    }

    @ParameterizedTest
    @CsvSource({"arn:aws:s3:us-east-1:1:accesspoint/ap, alias", "abc123.mrap, multi-Region", "x--ol-s3, Object Lambda",
        "x--op-s3, Outposts"})
    void accessPointsThatCannotBeReadAreRefusedClearly(String bucket, String why) {
        assertThatThrownBy(() -> S3Place.of(S3Settings.AWS, bucket, "us-east-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    @Test
    void objectUnderAKeyOfTheCustomersOwnIsRefusedClearly() {
        names.lead(server.address("").getPort());
        server.script(request -> request.target().startsWith("/m/a.bin")
                ? s3.error(400, "InvalidRequest", "")
                : new dev.lastcall.warmup.scripted.Fault.None());
        S3Store store = new S3Store("weights", "m", S3Settings.AWS, Sign.with(KEY), network);

        assertThat(catchThrowableOfType(StoreException.class, () -> store.list(Selection.ALL)))
                .hasMessageContaining("SSE-C");
    }
}
