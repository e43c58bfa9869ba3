// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.network.Redirects;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedS3;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestBytes;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.StoreException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What S3 only offers, and stores that speak it in their own way: none of it costs a file. */
@Timeout(60)
class S3OffersTest {

    private static final AwsCredentials KEY = AwsCredentials.permanent("AKID", "secret", "test");

    @AutoClose
    private static final Network NETWORK = Network.create();

    @AutoClose
    private final ScriptedStore server = new ScriptedStore();
    private final ScriptedS3 s3 = new ScriptedS3(server).key("AKID", "secret");
    private final byte[] bytes = TestBytes.random(5000, 1);

    private Listing list(String prefix) throws Exception {
        try (S3Store store = new S3Store(ScriptedS3.BUCKET, prefix, S3Settings.AWS.withEndpoint(s3.endpoint()),
                Sign.with(KEY), NETWORK)) {
            return store.list(Selection.ALL);
        }
    }

    private static List<String> paths(Listing listing) {
        return listing.files().stream().map(RemoteFile::path).toList();
    }

    @Test
    void oneObjectNeedsNoRightToListTheBucket() throws Exception {
        s3.put("m/tiny.bin", bytes, "v1");
        server.script(request -> request.target().contains("list-type")
                ? s3.error(403, "AccessDenied", "")
                : new Fault.None());

        assertThat(paths(list("m/tiny.bin"))).containsExactly("tiny.bin");
        assertThat(catchThrowableOfType(StoreException.class, () -> list("m/other.bin")))
                .as("the listing is what was refused")
                .hasMessageContaining("s3:ListBucket");
    }

    @ParameterizedTest
    @CsvSource({"501, NotImplemented", "400, InvalidRequest", "403, AccessDenied", "405, MethodNotAllowed"})
    void theChecksumsMayBeRefusedAlone(int status, String code) throws Exception {
        s3.put("m/a", bytes, "v1");
        server.script(request -> request.header("x-amz-checksum-mode").isEmpty()
                ? new Fault.None()
                : s3.error(status, code, ""));

        assertThat(list("m").files().getFirst().sizeBytes()).isEqualTo(bytes.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 405, 501})
    void headMayBeRefusedAltogether(int status) throws Exception {
        s3.put("m/a", bytes, "v1");
        server.script(request -> request.method().equals("HEAD")
                ? new Fault.Status(status, List.of(), "")
                : new Fault.None());

        RemoteFile file = list("m").files().getFirst();

        assertThat(file.sizeBytes()).isEqualTo(bytes.length);
        assertThat(file.validator().text()).isEqualTo("etag \"v1\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"aws-chunked", "", "identity", "aws-chunked,identity"})
    void encodingsThatChangeNothingAreTaken(String encoding) throws Exception {
        s3.put("m/a", bytes, "v1", "Content-Encoding: " + encoding);

        assertThat(paths(list("m"))).containsExactly("a");
    }

    @Test
    void placeholderOfAFolderIsPassedOver() throws Exception {
        s3.put("m/original", new byte[0], "v1", "Content-Type: application/x-directory")
                .put("m/original/params.json", bytes, "v1")
                .put("m/sub/", new byte[]{1}, "v1")
                .put("m/sub/a", bytes, "v1")
                .put("m/other_$folder$", new byte[0], "v1")
                .put("m/empty", new byte[0], "v1");

        Listing listing = list("m");

        assertThat(paths(listing)).containsExactlyInAnyOrder("original/params.json", "sub/a", "empty");
        assertThat(listing.notes()).isEmpty();
    }

    @Test
    void aLiteralPlusIsTriedWhereTheKeyIsNotThereDecoded() throws Exception {
        s3.put("m/c++ notes.txt", bytes, "v1");
        server.script(request -> request.target().contains("list-type")
                ? new Fault.Status(200, List.of(), """
                        <ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>\
                        <Contents><Key>m/c++%20notes.txt</Key><Size>5000</Size></Contents></ListBucketResult>""")
                : new Fault.None());

        assertThat(paths(list("m"))).containsExactly("c++ notes.txt");
    }

    private static S3Redirect redirect(S3Settings settings, S3Place place) {
        return new S3Redirect(settings, "weights", new Redirects(place.origin(), NETWORK.control()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PathStyleRequestNotAllowed", "PathStyleDomainForbidden", "SecondLevelDomainForbidden"})
    void aStoreThatWantsTheBucketInTheHostsNameIsTakenAtItsWord(String code) {
        S3Settings settings = S3Settings.AWS.withEndpoint(URI.create("https://store.test:9000/base"));
        S3Place place = S3Place.of(settings, "weights", "us-east-1");
        ResponseHead head = new ResponseHead(403, Map.of());
        S3Error error = S3Error.of(head, "<Error><Code>" + code + "</Code></Error>");

        Optional<S3Place> next = redirect(settings, place).next(place, error, head);

        assertThat(next.orElseThrow().origin()).hasToString("https://weights.store.test:9000");
        assertThat(next.orElseThrow().path("a")).isEqualTo("/base/a");
        assertThat(redirect(settings, place).next(next.orElseThrow(), error, head)).as("once").isEmpty();
        assertThat(redirect(settings.withAddressing(S3Settings.Addressing.PATH), place)
                .next(place, error, head)).as("not against the settings").isEmpty();
    }

    @Test
    void whereItCanNotBeTakenUpTheMessageNamesTheSetting() {
        s3.put("m/a", bytes, "v1");
        server.script(request -> s3.error(403, "PathStyleRequestNotAllowed", ""));

        assertThat(catchThrowableOfType(StoreException.class, () -> list("m")))
                .hasMessageContaining("addressing")
                .hasMessageContaining("virtual-host");
    }

    /** Gateways of long ago: no token, a page begins behind the last key of the one before. */
    @Test
    void aStoreThatKnowsTheFirstVersionOfTheListingOnlyIsPagedByItsKeys() throws Exception {
        s3.put("m/a", bytes, "v1").put("m/b", bytes, "v1");
        server.script(request -> {
            boolean isSecond = request.target().contains("marker=m%2Fa");
            return request.target().contains("list-type")
                    ? new Fault.Status(200, List.of(), "<ListBucketResult><IsTruncated>" + !isSecond + "</IsTruncated>"
                            + "<Contents><Key>m/" + (isSecond ? "b" : "a") + "</Key><Size>5000</Size></Contents>"
                            + "</ListBucketResult>")
                    : new Fault.None();
        });

        assertThat(paths(list("m"))).containsExactly("a", "b");
    }
}
