// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.credentials.SigV4Signer.Parameter;
import dev.lastcall.warmup.credentials.SigV4Signer.Unsigned;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SigV4SignerTest {

    private static final Instant TIME = Instant.parse("2026-11-24T09:08:07Z");
    private static final AwsCredentials KEY = AwsCredentials.permanent("AKIDEXAMPLE", "s3cr3t/+key", "test");

    private final SigV4Signer signer = new SigV4Signer("s3");

    @Test
    void canonicalTextKeepsThePathAsItIsAndSortsWhatIsSorted() {
        Unsigned request = new Unsigned("GET", "b.s3.eu-west-1.amazonaws.com", "/a//b/../c%20d",
                List.of(new Parameter("prefix", "x/y z+"), new Parameter("list-type", "2"), new Parameter("a", "")),
                Map.of("range", "bytes=0-1", "if-match", " \"a   b\" "));

        var headers = SigV4Signer.canonicalHeaders(request.host(), request.headers());
        String text = SigV4Signer.canonicalRequest(request, headers, String.join(";", headers.keySet()));

        assertThat(text).isEqualTo("""
                GET
                /a//b/../c%20d
                a=&list-type=2&prefix=x%2Fy%20z%2B
                host:b.s3.eu-west-1.amazonaws.com
                if-match:"a b"
                range:bytes=0-1

                host;if-match;range
                e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""");
        assertThat(request.target()).isEqualTo("/a//b/../c%20d?a=&list-type=2&prefix=x%2Fy%20z%2B");
    }

    @Test
    void signatureIsTheOneWorkedOutByHandFromTheAlgorithm() {
        Unsigned request = new Unsigned("GET", "weights.s3.eu-west-1.amazonaws.com", "/llama/config.json", List.of(),
                Map.of("range", "bytes=0-99"));

        assertThat(authorization(signer.sign(request, KEY, "eu-west-1", TIME))).isEqualTo(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-west-1/s3/aws4_request, "
                        + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                        + "Signature=6a970a9bffd935bc53243c7dc92ee2200fa05718fd664c71599e6b0f5ab0aa5f");
    }

    @Test
    void sessionTokenIsSigned() {
        Unsigned request = new Unsigned("HEAD", "127.0.0.1:9000", "/weights/a%2Bb/%E2%82%AC", List.of(), Map.of());
        AwsCredentials session = AwsCredentials.session("AKIDEXAMPLE", "s3cr3t/+key", "to/ken==", "test");

        Map<String, String> headers = signer.sign(request, session, "us-east-1", TIME);

        assertThat(headers).containsEntry("x-amz-security-token", "to/ken==");
        assertThat(authorization(headers)).isEqualTo(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/us-east-1/s3/aws4_request, "
                        + "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, "
                        + "Signature=c63299c3903d30fe9d67882e2476f28dd5437bc1a230962bb0a99dc7ff82362e");
    }

    @Test
    void keyOfTheDayIsDerivedAgainForAnotherDaySecretOrRegion() {
        Unsigned request = new Unsigned("GET", "h", "/", List.of(), Map.of());
        String first = authorization(signer.sign(request, KEY, "r", TIME));

        AwsCredentials other = AwsCredentials.permanent("AKIDEXAMPLE", "another", "test");
        assertThat(List.of(authorization(signer.sign(request, KEY, "r", TIME.plusSeconds(86_400))),
                authorization(signer.sign(request, other, "r", TIME)),
                authorization(signer.sign(request, KEY, "q", TIME)))).doesNotHaveDuplicates().doesNotContain(first);
        assertThat(authorization(signer.sign(request, KEY, "r", TIME))).isEqualTo(first);
    }

    private static String authorization(Map<String, String> headers) {
        return headers.getOrDefault("authorization", "");
    }
}
