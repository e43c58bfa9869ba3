// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.credentials.Refreshed;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedS3;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.http.RangeBytes;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@Timeout(60)
class S3StoreTest {

    private static final AwsCredentials KEY = AwsCredentials.permanent("AKID", "secret", "test");
    private static final String MD5 = "0123456789abcdef0123456789abcdef";

    @AutoClose
    private static final Network NETWORK = Network.create();

    @AutoClose
    private final ScriptedStore server = new ScriptedStore();
    private final ScriptedS3 s3 = new ScriptedS3(server).key("AKID", "secret");

    private S3Settings settings() {
        return S3Settings.AWS.withEndpoint(s3.endpoint());
    }

    private S3Store store(Refreshed<AwsCredentials> credentials) {
        return new S3Store(ScriptedS3.BUCKET, "m", settings(), credentials, NETWORK);
    }

    private S3Store store() {
        return store(Sign.with(KEY));
    }

    private static RemoteFile only(Store store) throws Exception {
        return store.list(Selection.ALL).files().getFirst();
    }

    private static StoreException failure(Store store) {
        return catchThrowableOfType(StoreException.class, () -> store.list(Selection.ALL));
    }

    @Test
    void everyPageOfALongListingIsRead() throws Exception {
        s3.pageSize(100);
        for (int i = 0; i < 2_500; i++) {
            s3.put("m/shard " + i + "+.bin", new byte[1], "e" + i);
        }

        Selection some = new Selection(List.of("shard ?+.bin", "shard 24??+.bin"), List.of("shard 2400+.bin"));
        assertThat(store().list(some).files()).hasSize(10 + 99);
        assertThat(server.requests().stream().filter(request -> request.target().contains("list-type"))).hasSize(25);
    }

    @Test
    void pagesThatRepeatAreRefused() {
        server.script(request -> request.target().contains("list-type") ? new Fault.Status(200, List.of(), """
                <ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>\
                </ListBucketResult>""") : new Fault.None());

        assertThat(failure(store())).hasMessageContaining("repeats a page");
    }

    @Test
    void emptyPageWithATokenIsFollowed() throws Exception {
        s3.put("m/a", new byte[1], "e");
        AtomicInteger lists = new AtomicInteger();
        server.script(request -> request.target().contains("list-type") && lists.getAndIncrement() == 0
                ? new Fault.Status(200, List.of(), "<ListBucketResult><IsTruncated>true</IsTruncated>"
                        + "<NextContinuationToken>A</NextContinuationToken></ListBucketResult>")
                : new Fault.None());

        assertThat(store().list(Selection.ALL).files()).hasSize(1);
    }

    @Test
    void listingThatIsNoneIsAskedForAgain() throws Exception {
        s3.put("m/a", new byte[1], "e");
        AtomicInteger lists = new AtomicInteger();
        server.script(request -> lists.getAndIncrement() == 0
                ? new Fault.Status(200, List.of(), "<html>hello</html>")
                : new Fault.None());

        assertThat(store().list(Selection.ALL).files()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"m/../../etc/x", "m/a/../../b", "m//abs", "m/C:\\x", "m/a/./b", "m/nul\u0001"})
    void namesThatClimbAreLeftOutAndNeverRead(String key) throws Exception {
        s3.put("m/fine", new byte[1], "e").put(key, new byte[1], "e");

        Listing listing = store().list(Selection.ALL);

        assertThat(listing.files()).extracting(RemoteFile::path).containsExactly("fine");
        assertThat(listing.notes()).singleElement().asString().contains("left out");
        assertThat(server.requests()).allMatch(request -> request.target().contains("list-type")
                || request.target().endsWith("/m/fine"));
    }

    @Test
    void keysOutsideThePrefixAreRefused() {
        server.script(request -> new Fault.Status(200, List.of(), """
                <ListBucketResult><Contents><Key>other/a</Key><Size>1</Size></Contents>\
                <IsTruncated>false</IsTruncated></ListBucketResult>"""));

        assertThat(failure(store())).hasMessageContaining("outside the prefix");
    }

    @Test
    void clockTwentyMinutesOffIsLearntOnceForAllWorkers() throws Exception {
        s3.put("m/a", new byte[100], "e").clockOffset(Duration.ofMinutes(20));
        S3Store store = store();
        RemoteFile file = only(store);
        try (RangeReader reader = store.openReader(); RangeReader another = store.openReader()) {
            RangeBytes.read(reader, file, 0, 10);
            RangeBytes.read(another, file, 10, 10);
        }

        assertThat(server.requests()).hasSize(1 + 1 + 1 + 2);
    }

    @Test
    void credentialsThatRunOutInTheMiddleAreFetchedOnceAndTheReadGoesOn() throws Exception {
        s3.put("m/a", TestBytes.random(100, 1), "e")
                .key("K1", "s1", "t1", Instant.MAX)
                .key("K2", "s2", "t2", Instant.MAX);
        AtomicInteger fetches = new AtomicInteger();
        Refreshed<AwsCredentials> credentials = new Refreshed<>(() -> {
            int n = Math.min(2, fetches.incrementAndGet());
            return AwsCredentials.temporary("K" + n, "s" + n, "t" + n, Instant.now().plusSeconds(3600), "test");
        }, InstantSource.system());
        S3Store store = store(credentials);
        RemoteFile file = only(store);
        s3.expire("K1");

        try (RangeReader reader = store.openReader(); RangeReader another = store.openReader()) {
            assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10)).problem())
                    .isEqualTo(StoreProblem.EXPIRED);
            assertThat(RangeBytes.read(reader, file, 0, 100)).isEqualTo(TestBytes.random(100, 1));
            RangeBytes.read(another, file, 50, 50);
        }
        assertThat(fetches).hasValue(2);
    }

    @Test
    void staticCredentialsThatRanOutAreALastingFailure() throws Exception {
        s3.put("m/a", new byte[100], "e").key("K1", "s1", "t1", Instant.MAX);
        S3Store store = store(Sign.with(AwsCredentials.session("K1", "s1", "t1", "environment variables")));
        RemoteFile file = only(store);
        s3.expire("K1");

        try (RangeReader reader = store.openReader()) {
            StoreException failure = catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10));
            assertThat(failure.problem()).isEqualTo(StoreProblem.REFUSED);
            assertThat(failure).hasMessageContaining("environment variables").hasMessageContaining("put new ones");
        }
    }

    @Test
    void regionIsCorrectedByTheStoreAndKept() throws Exception {
        s3.put("m/a", new byte[10], "e").region("eu-west-3");
        S3Store store = store();
        RemoteFile file = only(store);
        int soFar = server.requests().size();
        try (RangeReader reader = store.openReader()) {
            RangeBytes.read(reader, file, 0, 10);
        }

        assertThat(server.requests()).hasSize(soFar + 1);
        assertThat(server.requests().getLast().header("authorization")).contains("/eu-west-3/s3/");
    }

    @Test
    void redirectIsSignedAgainForTheOtherHost() throws Exception {
        try (ScriptedStore other = new ScriptedStore()) {
            new ScriptedS3(other).key("AKID", "secret").put("m/a", TestBytes.random(64, 3), "e");
            String location = other.address("/weights/").toString();
            server.script(request -> s3.error(307, "TemporaryRedirect", "").with("Location: " + location));
            S3Store store = store();
            RemoteFile file = only(store);
            try (RangeReader reader = store.openReader()) {
                assertThat(RangeBytes.read(reader, file, 0, 64)).isEqualTo(TestBytes.random(64, 3));
            }
        }
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void requesterPaysIsSaidAndSignedAndAnonymousIsNot() throws Exception {
        s3.put("m/a", new byte[1], "e").open();
        only(new S3Store(ScriptedS3.BUCKET, "m", settings().withRequesterPays(), Sign.with(KEY), NETWORK));
        assertThat(server.requests()).allMatch(request -> request.header("x-amz-request-payer").equals("requester"));

        only(new S3Store(ScriptedS3.BUCKET, "m", settings().unsigned(), Sign.with(KEY), NETWORK));
        assertThat(server.requests().getLast().header("authorization")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"403,AccessDenied,REFUSED", "403,InvalidObjectState,REFUSED", "404,NoSuchKey,MISSING",
        "412,PreconditionFailed,CHANGED",
        "416,InvalidRange,CHANGED", "503,SlowDown,THROTTLED", "500,InternalError,FAULTY", "400,RequestTimeout,FAULTY",
        "403,SignatureDoesNotMatch,REFUSED", "405,MethodNotAllowed,UNSUPPORTED", "501,NotImplemented,UNSUPPORTED"})
    void errorsOfARangeMeanWhatTheyMean(int status, String code, StoreProblem problem) throws Exception {
        s3.put("m/a", new byte[10], "e");
        S3Store store = store();
        RemoteFile file = only(store);
        server.script(request -> s3.error(status, code, ""));

        try (RangeReader reader = store.openReader()) {
            StoreException failure = catchThrowableOfType(StoreException.class, () -> reader.open(file, 0, 10));
            assertThat(failure.problem()).isEqualTo(problem);
            assertThat(failure).hasMessageContaining("s3://weights/m/a").hasMessageContaining(code);
        }
    }

    @Test
    void objectUnderAKeyThatHidesItsChecksumsIsReadWithoutThem() throws Exception {
        s3.put("m/a", new byte[10], "e");
        server.script(request -> request.header("x-amz-checksum-mode").isEmpty()
                ? new Fault.None()
                : s3.error(403, "AccessDenied", ""));

        assertThat(only(store()).sizeBytes()).isEqualTo(10);
    }

    @Test
    void digestsAreThoseThatCoverTheWholeObject() throws Exception {
        s3.put("m/1", new byte[1], MD5)
                .put("m/2", new byte[1], MD5, "x-amz-server-side-encryption: aws:kms")
                .put("m/3", new byte[1], MD5 + "-3")
                .put("m/4", new byte[1], "e", "x-amz-checksum-crc64nvme: AAAAAAAAAAE=",
                        "x-amz-checksum-type: FULL_OBJECT")
                .put("m/5", new byte[1], "e", "x-amz-checksum-xxhash3: AAAAAAAAAAE=",
                        "x-amz-checksum-type: FULL_OBJECT")
                .put("m/6", new byte[1], "e", "x-amz-checksum-crc32c: AAAA-2", "x-amz-checksum-type: COMPOSITE")
                .put("m/7", new byte[1], "e", "x-amz-checksum-crc32c: !!!", "x-amz-checksum-type: FULL_OBJECT")
                .put("m/8", new byte[1], MD5 + "-9", "x-amz-checksum-crc32: AAAAAQ==")
                .put("m/9", new byte[1], "e", "x-amz-checksum-crc32: AAAAAQ==");

        assertThat(store().list(Selection.ALL).files()).extracting(RemoteFile::digests)
                .containsExactly(List.of(), List.of(), List.of(), List.of(Digest.ofCrc(DigestKind.CRC64NVME, 1)),
                        List.of(), List.of(), List.of(), List.of(), List.of(Digest.ofCrc(DigestKind.CRC32, 1)));
    }

    @Test
    void compositeChecksumBecomesOneOfTheWholeByItsParts() throws Exception {
        byte[] bytes = TestBytes.random(25_000, 9);
        StringBuilder parts = new StringBuilder();
        CRC32C composite = new CRC32C();
        IntStream.range(0, 3).forEach(i -> {
            int length = Math.min(10_000, bytes.length - i * 10_000);
            byte[] crc = crc(bytes, i * 10_000, length);
            composite.update(crc);
            parts.append("<Part><PartNumber>" + (i + 1) + "</PartNumber><Size>" + length + "</Size><ChecksumCRC32C>"
                    + base64(crc) + "</ChecksumCRC32C></Part>");
        });
        String value = base64(ByteBuffer.allocate(4).putInt((int) composite.getValue()).array()) + "-3";
        s3.put("m/a", bytes, "tag-3", "x-amz-checksum-crc32c: " + value, "x-amz-checksum-type: COMPOSITE")
                .put("m/b", bytes, "other-3", "x-amz-checksum-crc32c: " + value, "x-amz-checksum-type: COMPOSITE")
                .attributes("m/a",
                        "<GetObjectAttributesResponse><ETag>tag-3</ETag><ObjectParts><PartsCount>3</PartsCount>" + parts
                                + "</ObjectParts></GetObjectAttributesResponse>")
                .attributes("m/b", "<GetObjectAttributesResponse><ETag>changed-3</ETag><ObjectParts>" + parts
                        + "</ObjectParts></GetObjectAttributesResponse>");

        List<RemoteFile> files = store().list(Selection.ALL).files();

        assertThat(files.get(0).digests())
                .containsExactly(Digest.ofBytes(DigestKind.CRC32C, crc(bytes, 0, bytes.length)));
        assertThat(files.get(1).digests()).isEmpty();
    }

    private static byte[] crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Test
    void listedEntityTagThatWouldEndTheHeaderLineNeverReachesTheWire() throws Exception {
        s3.put("m/a", new byte[10], "e");
        S3Store store = store();
        RemoteFile file = only(store);
        RemoteFile forged = new RemoteFile(file.path(), file.sizeBytes(), new Validator.Tag(
                "\"e\"\r\nx-evil: 1"), List.of(), true, file.location());

        try (RangeReader reader = store.openReader()) {
            assertThat(catchThrowableOfType(StoreException.class, () -> reader.open(forged, 0, 10)))
                    .hasMessageContaining("no request can have");
        }
    }
}
