// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import dev.lastcall.warmup.WordsRig.Case;
import dev.lastcall.warmup.WordsRig.Provoke;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedProxy;
import dev.lastcall.warmup.scripted.ScriptedStore;
import dev.lastcall.warmup.scripted.TestCertificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.lastcall.warmup.WordsRig.BYTES;
import static dev.lastcall.warmup.WordsRig.SIZE;

/** What a person reads when a web server, or the way to it, fails. */
@Timeout(120)
class WordsOfWebTest {

    @TempDir
    static Path shared;

    private static TestCertificate valid;
    private static TestCertificate expired;

    @TempDir
    Path folder;

    @BeforeAll
    static void makeCertificates() throws Exception {
        valid = TestCertificate.create(shared, 1);
        expired = TestCertificate.create(shared, 10);
    }

    private static Fault status(int code, String... headers) {
        return new Fault.Status(code, List.of(headers), "no");
    }

    private static Case one(String name, WordsRig.Provoke provoke, String what, String where, String why,
            String remedy) {
        return new Case(name, provoke, what, where, why, remedy);
    }

    private static Throwable refused(WordsRig rig, int status, String path) {
        rig.server.script(request -> status(status));
        return rig.list(rig.address(path));
    }

    static Stream<Case> answers() {
        return Stream.of(
                one("folder without a list", rig -> rig.list(rig.address("/m/")),
                        "a web server does not list its files, and there is no SHA256SUMS",
                        "STORE/m/",
                        "",
                        "name the files with files (--file on the command line), or put one there"),
                one("no such file", rig -> rig.list(rig.address("/m/a.bin")),
                        "no such object",
                        "GET STORE/m/a.bin",
                        "404",
                        "check the address"),
                one("wants credentials", rig -> refused(rig, 401, "/m/a"),
                        "access refused",
                        "GET STORE/m/a",
                        "401",
                        "check the credentials for this address"),
                one("signed address ended",
                        rig -> refused(rig, 403, "/m/a?X-Amz-Signature=deadbeef&X-Amz-Expires=60"),
                        "access refused",
                        "GET STORE/m/a",
                        "403",
                        "the signature in the address may have ended, or be for something else: get a new signed address"),
                one("signed address of Azure ended", rig -> refused(rig, 403, "/m/a?sv=2024&sig=deadbeef%3D"),
                        "access refused",
                        "GET STORE/m/a",
                        "403",
                        "the signature in the address may have ended, or be for something else: get a new signed address"),
                one("signed address behind a redirect ended", rig -> {
                    rig.other.script(request -> status(403));
                    rig.server.script(request -> status(302,
                            "Location: " + rig.other.address("/b?Expires=1&Signature=deadbeef&Key-Pair-Id=K")));
                    return rig.list(rig.address("/m/a"));
                },
                        "access refused where it redirects to",
                        "GET STORE/m/a",
                        "403",
                        "the signature that the first server gave may have ended, or be for something else: look at that "
                                + "server and at this node's clock"),
                one("too many requests", rig -> rig.range("/m/a", status(429), 0, SIZE),
                        "the store asks for fewer requests",
                        "GET STORE/m/a",
                        "429",
                        ""),
                one("fault of the server", rig -> rig.range("/m/a", status(500), 0, SIZE),
                        "the store's own fault",
                        "GET STORE/m/a",
                        "500",
                        "look at the store if it stays"),
                one("teapot", rig -> rig.range("/m/a", status(418), 0, SIZE),
                        "not an answer to this request",
                        "GET STORE/m/a",
                        "418",
                        "check the address, and what else may answer there"),
                one("replaced", rig -> rig.range("/m/a", status(412), 0, SIZE),
                        "the object changed since it was listed",
                        "GET STORE/m/a",
                        "412",
                        ""),
                one("other tag", rig -> {
                    rig.server.put("/m/a", BYTES, "v2")
                            .script(request -> request.number() >= 0
                                    ? new Fault.Status(206, List.of("ETag: \"v2\"", "Content-Range: bytes 0-0/" + SIZE),
                                            "x")
                                    : new Fault.None());
                    return rig.range("/m/a", 0, 1);
                },
                        "the object changed: its ETag was \"v1\" and is \"v2\"",
                        "GET STORE/m/a",
                        "",
                        ""),
                one("other size", rig -> rig.range("/m/a", new Fault.OtherTotal(100_000), 0, 50_000),
                        "an answer that contradicts itself: the ETag is the same, but it had 195 KiB and has 293 KiB",
                        "GET STORE/m/a",
                        "",
                        "look at the server and its caches"),
                one("other bytes", rig -> rig.range("/m/a", new Fault.ShiftedRange(10), 0, 50_000),
                        "its Content-Range is of other bytes than were asked for: 48.8 KiB from 10 B on, and not 48.8 KiB from 0 B on",
                        "GET STORE/m/a",
                        "",
                        "look at the server, and at proxies between"),
                one("no ranges", rig -> rig.range("/m/a", new Fault.IgnoredRange(), 50_000, 50_000),
                        "200 with the whole object instead of the range",
                        "GET STORE/m/a from 48.8 KiB on",
                        "",
                        "let the server serve ranges"),
                one("no Content-Range", rig -> rig.range("/m/a", new Fault.NoContentRange(), 0, 50_000),
                        "206 without a usable Content-Range",
                        "GET STORE/m/a",
                        "",
                        "look at the server, and at proxies between"),
                one("compressed", rig -> rig.range("/m/a", status(200, "Content-Encoding: gzip"), 0, SIZE),
                        "the body has the Content-Encoding gzip, although none was asked for",
                        "GET STORE/m/a",
                        "",
                        "turn Content-Encoding off for it at the server"),
                one("ends early", rig -> rig.range("/m/a", new Fault.EndsEarly(60_000), 0, SIZE),
                        "the connection was closed before the answer was whole",
                        "GET STORE/m/a",
                        "the body ended 137 KiB early",
                        "it is tried again: look at the store, and what is between, if it stays"),
                one("reset", rig -> rig.range("/m/a", new Fault.Reset(0), 0, SIZE),
                        "the connection was closed before the answer was whole",
                        "GET STORE/m/a",
                        "",
                        "it is tried again: look at the store, and what is between, if it stays"),
                one("not HTTP", rig -> rig.range("/m/a", new Fault.Garbage("SSH-2.0-OpenSSH\r\n\r\n"), 0, SIZE),
                        "what answers there breaks HTTP: not an HTTP/1.1 response",
                        "GET STORE/m/a",
                        "",
                        "look at the server, and at proxies between"),
                one("redirects in a circle", rig -> {
                    rig.server.script(request -> status(302, "Location: " + rig.address("/m/a")));
                    return rig.list(rig.address("/m/a"));
                },
                        "more than 10 redirects",
                        "STORE/m/a",
                        "",
                        "they may lead in a circle: correct them on the server"),
                one("redirect to nothing", rig -> {
                    rig.server.script(request -> status(302));
                    return rig.list(rig.address("/m/a"));
                },
                        "it redirects to no address at all",
                        "STORE/m/a",
                        "",
                        "correct the redirect on the server, or use the address that it should lead to"),
                one("redirect to a port that is none", rig -> {
                    rig.server.script(request -> status(302, "Location: http://h:99999/"));
                    return rig.list(rig.address("/m/a"));
                },
                        "it redirects to what is no http or https address",
                        "STORE/m/a",
                        "",
                        "correct the redirect on the server, or use the address that it should lead to"),
                one("list that is a page", rig -> {
                    rig.server.put("/m/SHA256SUMS", "<html>".getBytes(StandardCharsets.UTF_8), "v1");
                    return rig.list(rig.address("/m/"));
                },
                        "a line that is no digest with a name",
                        "STORE/m/SHA256SUMS",
                        "",
                        "is it really a SHA256SUMS file?"),
                one("name that climbs", rig -> rig.list(rig.address("/m/"), "../x"),
                        "no file can be stored: left out \"../x\": it climbs (\"..\")",
                        "STORE/m/",
                        "",
                        "rename it in the store"),
                one("no digest", rig -> {
                    rig.server.put("/m/a", BYTES, "v1");
                    return rig.warm(rig.address("/m/"), rig.folder.resolve("out"), true, "a");
                },
                        "the store offers no digest and requireDigest is on",
                        "a of STORE/m/",
                        "",
                        "put a SHA256SUMS beside it, or let the server send Repr-Digest, or turn requireDigest off"),
                one("wrong digest", rig -> {
                    rig.server.put("/m/a", BYTES, "v1");
                    rig.server.put("/m/SHA256SUMS", ("00".repeat(32) + "  a\n").getBytes(StandardCharsets.UTF_8),
                            "v1");
                    return rig.warm(rig.address("/m/"), rig.folder.resolve("out"), false);
                },
                        "fetched twice and wrong twice: the store promises "
                                + "sha256:0000000000000000000000000000000000000000000000000000000000000000, the bytes are "
                                + "sha256:60c7f1bdd7640be159361e6d74064a0fd1e82bb12d272efd2ce26208cc9a86f8",
                        "a of STORE/m/",
                        "",
                        "upload it again, or correct its digest (in SHA256SUMS, where that holds it)"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void anAnswerThatCannotBeUsed(Case one) throws Exception {
        try (WordsRig rig = new WordsRig(folder)) {
            rig.check(one);
        }
    }

    static Stream<Case> silences() {
        return Stream.of(
                one("nothing listens", rig -> {
                    rig.server.close();
                    return rig.range("/m/a", 0, SIZE);
                },
                        "the connection was refused",
                        "GET STORE/m/a",
                        "no address of STORE answers: 127.0.0.1",
                        "nothing listens there: check host and port of the address, and whether the store runs"),
                one("no such name", rig -> rig.list("http://weights.invalid/m/"),
                        "the name does not resolve",
                        "GET http://weights.invalid/m/SHA256SUMS",
                        "",
                        "check the name in the address, and this node's resolver (/etc/resolv.conf)"),
                one("proxy wants a password", rig -> {
                    try (ScriptedProxy proxy = new ScriptedProxy().demand("Basic eDp5")) {
                        return rig.with("HTTP_PROXY", proxy.address()).list("http://weights.test/m/");
                    }
                },
                        "proxy HOST (407) wants a user and a password",
                        "GET http://weights.test/m/SHA256SUMS",
                        "",
                        "put them into the variable as user:password, with an @ before the host"),
                one("proxy forbids", rig -> {
                    try (ScriptedProxy proxy = new ScriptedProxy().refuse(403)) {
                        return rig.with("HTTPS_PROXY", proxy.address()).list("https://weights.test/m/");
                    }
                },
                        "proxy HOST (403) does not lead there",
                        "GET https://weights.test/m/SHA256SUMS",
                        "",
                        "allow the host there, or name it in NO_PROXY"),
                one("proxy of another kind",
                        rig -> rig.with("ALL_PROXY", "socks5h://h:1").list("http://weights.test/m/"),
                        "it names a proxy of the kind \"socks5h\", and only those are used that speak plain HTTP",
                        "GET http://weights.test/m/SHA256SUMS: ALL_PROXY",
                        "",
                        "a proxy is given as http://host:port; or name the host in NO_PROXY"),
                one("file of authorities is none", rig -> {
                    Path pem = Files.writeString(rig.folder.resolve("ca.pem"), "hello");
                    return rig.with("SSL_CERT_FILE", pem.toString()).list("https://weights.test/m/");
                },
                        "it holds no certificate",
                        "SSL_CERT_FILE DIR/ca.pem",
                        "",
                        "let SSL_CERT_FILE name a PEM file of authorities, or unset it"),
                one("file of authorities is not there",
                        rig -> rig.with("AWS_CA_BUNDLE", rig.folder + "/none.pem").list("https://weights.test/m/"),
                        "no such file or folder",
                        "AWS_CA_BUNDLE DIR/none.pem",
                        "",
                        "let AWS_CA_BUNDLE name a PEM file of authorities, or unset it"));
    }

    @ParameterizedTest
    @MethodSource("silences")
    void noAnswerAtAll(Case one) throws Exception {
        try (WordsRig rig = new WordsRig(folder)) {
            rig.check(one);
        }
    }

    static Stream<Case> certificates() {
        return Stream.of(
                one("unknown authority", rig -> rig.list(rig.address("/m/a")),
                        "the certificate there is of an authority that this node does not trust",
                        "GET STORE/m/a",
                        "",
                        "let SSL_CERT_FILE name the authorities that this node shall trust, or correct the store's "
                                + "certificate"),
                one("unknown authority, in the fetch", rig -> rig.range("/m/a", 0, SIZE),
                        "the certificate there is of an authority that this node does not trust",
                        "GET STORE/m/a",
                        "",
                        "let SSL_CERT_FILE name the authorities that this node shall trust, or correct the store's "
                                + "certificate"),
                one("for another host", rig -> rig.with("SSL_CERT_FILE", valid.pem().toString())
                        .list(rig.address("/m/a").replace("localhost", "127.0.0.1")),
                        "the certificate there is for another host",
                        "GET https://HOST/m/a",
                        "",
                        "use the name that it is for, or let SSL_CERT_FILE name authorities and the store show a certificate "
                                + "for this name"));
    }

    @ParameterizedTest
    @MethodSource("certificates")
    void aCertificateThatIsNotBelieved(Case one) throws Exception {
        try (WordsRig rig = new WordsRig(folder, ScriptedStore.tls(valid.server()))) {
            rig.check(one);
        }
    }

    /** By the client for small calls, and by the connection of a range: two libraries, one failure. */
    @Test
    void aServerThatWantsACertificateOfItsClients() throws Exception {
        for (Provoke provoke : List.<Provoke>of(rig -> rig.list(rig.address("/m/a")),
                rig -> rig.range("/m/a", 0, SIZE))) {
            try (WordsRig rig = new WordsRig(folder,
                    ScriptedStore.tls(valid.server(), server -> server.setNeedClientAuth(true)))) {
                rig.with("SSL_CERT_FILE", valid.pem().toString());
                rig.check(one("an alert", provoke,
                        "the server asks for a certificate of the client, and none is shown",
                        "GET STORE/m/a",
                        "",
                        "let it serve the model without one, or put a proxy between that shows it"));
            }
        }
    }

    @Test
    void theAuthoritiesOfAProfile() throws Exception {
        try (WordsRig rig = new WordsRig(folder)) {
            Files.writeString(folder.resolve("config"), "[default]\nca_bundle = " + folder + "/none.pem\n");
            rig.with("AWS_CONFIG_FILE", folder.resolve("config").toString());
            rig.check(one("not there", one -> one.list("s3://bucket/m/"),
                    "no such file or folder",
                    "AWS: ca_bundle of profile default DIR/none.pem",
                    "",
                    "let it name a PEM file of authorities, or take it out of the profile"));
        }
    }

    @Test
    void aCertificateThatHasEnded() throws Exception {
        try (WordsRig rig = new WordsRig(folder, ScriptedStore.tls(expired.server()))) {
            rig.with("SSL_CERT_FILE", expired.pem().toString());
            rig.check(one("ended", one -> one.list(one.address("/m/a")),
                    "the certificate there has ended, or is not valid yet",
                    "GET STORE/m/a",
                    "",
                    "renew it, or set this node's clock"));
        }
    }
}
