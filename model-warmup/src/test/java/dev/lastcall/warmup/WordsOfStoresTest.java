// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.lastcall.warmup.WordsRig.Case;
import dev.lastcall.warmup.scripted.Fault;
import dev.lastcall.warmup.scripted.ScriptedGcs;
import dev.lastcall.warmup.scripted.ScriptedHub;
import dev.lastcall.warmup.scripted.ScriptedS3;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.lastcall.warmup.WordsRig.BYTES;

/** What a person reads when a store of objects, the hub or the way to credentials fails. */
@Timeout(120)
class WordsOfStoresTest {

    @TempDir
    Path folder;

    private static Case one(String name, WordsRig.Provoke provoke, String what, String where, String why,
            String remedy) {
        return new Case(name, provoke, what, where, why, remedy);
    }

    private static ScriptedS3 s3(WordsRig rig) {
        rig.with("AWS_ENDPOINT_URL_S3", rig.address(""))
                .with("AWS_ACCESS_KEY_ID", "AKID")
                .with("AWS_SECRET_ACCESS_KEY", "secret");
        return new ScriptedS3(rig.server).key("AKID", "secret");
    }

    /** S3 that answers everything so. */
    private static Throwable error(WordsRig rig, int status, String code) {
        ScriptedS3 s3 = s3(rig);
        rig.server.script(request -> s3.error(status, code, ""));
        return rig.list("s3://weights/m/");
    }

    static Stream<Case> s3() {
        return Stream.of(
                one("missing bucket", rig -> {
                    s3(rig);
                    return rig.list("s3://nowhere/m/");
                },
                        "there is no such bucket",
                        "GET s3://nowhere/ at STORE",
                        "404 NoSuchBucket: \"scripted\"",
                        "check its name and the endpoint"),
                one("bucket with a name of one letter", rig -> {
                    s3(rig);
                    return rig.list("s3://w/odd/");
                },
                        "there is no such bucket, and its name is too short for one",
                        "GET s3://w/ at STORE",
                        "404 NoSuchBucket: \"scripted\"",
                        "names of buckets have 3 characters or more: check the address"),
                one("missing prefix", rig -> {
                    s3(rig).put("other/a", BYTES, "e");
                    return rig.list("s3://weights/m/");
                },
                        "nothing is there",
                        "s3://weights/m/",
                        "",
                        "check bucket and prefix"),
                one("missing key", rig -> {
                    s3(rig).put("other/a", BYTES, "e");
                    return rig.list("s3://weights/m/a");
                },
                        "no such object",
                        "HEAD s3://weights/m/a at STORE",
                        "404 NotFound",
                        "check the address"),
                one("not allowed", rig -> error(rig, 403, "AccessDenied"),
                        "not allowed, or the object does not exist and listing is not allowed",
                        "GET s3://weights/ at STORE",
                        "403 AccessDenied: \"scripted\"",
                        "grant s3:GetObject on the objects and s3:ListBucket on the bucket (and kms:Decrypt on its key)"),
                one("unknown key", rig -> error(rig, 403, "InvalidAccessKeyId"),
                        "the store does not know the access key",
                        "GET s3://weights/ at STORE",
                        "403 InvalidAccessKeyId: \"scripted\"",
                        "check which credentials are used"),
                one("wrong secret", rig -> error(rig, 403, "SignatureDoesNotMatch"),
                        "the secret does not fit the access key, or a proxy changes the request",
                        "GET s3://weights/ at STORE",
                        "403 SignatureDoesNotMatch: \"scripted\"",
                        "check the credentials"),
                one("wrong region", rig -> error(rig, 400, "AuthorizationHeaderMalformed"),
                        "the signature names the wrong region",
                        "GET s3://weights/ at STORE",
                        "400 AuthorizationHeaderMalformed: \"scripted\"",
                        "set region to the bucket's own"),
                one("elsewhere", rig -> error(rig, 301, "PermanentRedirect"),
                        "the bucket is elsewhere and the store does not say where",
                        "GET s3://weights/ at STORE",
                        "301 PermanentRedirect: \"scripted\"",
                        "set region or endpoint"),
                one("bucket in the host's name only", rig -> error(rig, 400, "PathStyleRequestNotAllowed"),
                        "the store takes the bucket in the host's name only",
                        "GET s3://weights/ at STORE",
                        "400 PathStyleRequestNotAllowed: \"scripted\"",
                        "set addressing to virtual-host, and an endpoint that has a name"),
                one("archived", rig -> error(rig, 403, "InvalidObjectState"),
                        "the object is archived",
                        "GET s3://weights/ at STORE",
                        "403 InvalidObjectState: \"scripted\"",
                        "restore it, or move it to a storage class that can be read at once"),
                one("own key", rig -> error(rig, 400, "InvalidRequest"),
                        "the store does not take the request",
                        "GET s3://weights/ at STORE",
                        "400 InvalidRequest: \"scripted\"",
                        "objects with keys of the customer's own (SSE-C) cannot be read: store them without"),
                one("clock", rig -> error(rig, 403, "RequestTimeTooSkewed"),
                        "this node's clock is wrong",
                        "GET s3://weights/ at STORE",
                        "403 RequestTimeTooSkewed: \"scripted\"",
                        "set it"),
                one("a page in place of a listing", rig -> {
                    s3(rig);
                    rig.server.script(request -> new Fault.Status(200, List.of(), "<html>"));
                    return rig.list("s3://weights/m/");
                },
                        "a listing that is none: not a document of type ListBucketResult",
                        "s3://weights/m/",
                        "",
                        "check that the endpoint is the store's own"),
                one("no digest", rig -> {
                    s3(rig).put("m/a", BYTES, "0123456789abcdef0123456789abcdef-2");
                    return rig.warm("s3://weights/m/", rig.folder.resolve("out"), true);
                },
                        "the store offers no digest and requireDigest is on",
                        "a of s3://weights/m/",
                        "",
                        "upload it again with a checksum of the whole (aws s3 cp --checksum-algorithm CRC64NVME), or turn "
                                + "requireDigest off"),
                one("wrong digest", rig -> {
                    s3(rig).put("m/a", BYTES, "e", "x-amz-checksum-sha256: " + "A".repeat(43) + "=",
                            "x-amz-checksum-type: FULL_OBJECT");
                    return rig.warm("s3://weights/m/", rig.folder.resolve("out"), false);
                },
                        "fetched twice and wrong twice: the store promises "
                                + "sha256:0000000000000000000000000000000000000000000000000000000000000000, the bytes are "
                                + "sha256:60c7f1bdd7640be159361e6d74064a0fd1e82bb12d272efd2ce26208cc9a86f8",
                        "a of s3://weights/m/",
                        "",
                        "upload it again: the store keeps the new checksum with it"),
                one("no such region", rig -> rig.list(new StoreSettings(false, Optional.empty(), "Europe!",
                        StoreSettings.DEFAULT.addressing(), false, "", List.of(), java.util.Map.of()),
                        "s3://weights/m/"),
                        "it is not the name of a region",
                        "\"Europe!\"",
                        "",
                        "write one such as eu-west-1"));
    }

    @ParameterizedTest
    @MethodSource("s3")
    void s3Fails(Case one) throws Exception {
        try (WordsRig rig = new WordsRig(folder)) {
            rig.check(one);
        }
    }

    static Stream<Case> credentials() {
        return Stream.of(
                one("none", rig -> rig.with("AWS_ENDPOINT_URL_S3", rig.address("")).list("s3://weights/m/"),
                        "no AWS credentials found: looked at environment variables (AWS_ACCESS_KEY_ID is not set), web "
                                + "identity (AWS_WEB_IDENTITY_TOKEN_FILE is not set), profile files (profile default is neither in "
                                + "DIR/.aws/config nor in DIR/.aws/credentials), container credentials "
                                + "(AWS_CONTAINER_CREDENTIALS_FULL_URI is not set), instance role (AWS_EC2_METADATA_DISABLED is set)",
                        "s3://weights",
                        "",
                        "give the pod or the instance a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; a public "
                                + "bucket is read with anonymous: true"),
                one("half a key", rig -> rig.with("AWS_ACCESS_KEY_ID", "AKID").list("s3://weights/m/"),
                        "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set",
                        "s3://weights: AWS credentials from environment variables",
                        "",
                        "set both or none"),
                one("single sign-on", rig -> {
                    Files.writeString(Files.createDirectories(rig.folder.resolve(".aws")).resolve("config"),
                            "[default]\nsso_session = s\n");
                    return rig.list("s3://weights/m/");
                },
                        "it uses sso_session, which needs a browser, a program or a person and is not supported here",
                        "s3://weights: AWS credentials from profile files: profile default",
                        "",
                        "use a key, a role with source_profile, credential_source or web_identity_token_file, or the node's "
                                + "own role; or set the variables that aws configure export-credentials --format env prints for it"),
                one("no such profile", rig -> rig.with("AWS_PROFILE", "gpu").list("s3://weights/m/"),
                        "profile gpu is neither in DIR/.aws/config nor in DIR/.aws/credentials",
                        "s3://weights: AWS credentials from profile files",
                        "",
                        "unset AWS_PROFILE, or put it there"),
                one("the task has no role", rig -> {
                    rig.server.script(request -> new Fault.Status(403, List.of(), ""));
                    return rig.with("AWS_CONTAINER_CREDENTIALS_FULL_URI", rig.address("/c")).list("s3://weights/m/");
                },
                        "the endpoint of the container's credentials answers 403",
                        "s3://weights: AWS credentials from container credentials: GET STORE/c",
                        "",
                        "associate the pod's service account with a role, or give the task one"),
                one("in the clear", rig -> rig.with("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://10.1.2.3/c")
                        .list("s3://weights/m/"),
                        "refused to ask http://10.1.2.3 in the clear",
                        "s3://weights: AWS credentials from container credentials",
                        "",
                        "only https, loopback and AWS's link-local addresses are asked"),
                one("token file is not there", rig -> rig.with("AWS_WEB_IDENTITY_TOKEN_FILE", rig.folder + "/none")
                        .with("AWS_ROLE_ARN", "arn:aws:iam::1:role/r")
                        .list("s3://weights/m/"),
                        "no such file or folder",
                        "s3://weights: AWS credentials from web identity: DIR/none",
                        "",
                        "let the user that runs this read it, or name another file"),
                one("endpoint that is no address", rig -> rig.with("AWS_ENDPOINT_URL", "minio:9000")
                        .list("s3://weights/m/"),
                        "it is no http or https address: \"minio:9000\"",
                        "AWS_ENDPOINT_URL",
                        "",
                        "correct it or unset it"),
                one("no Google token", rig -> rig.list("gs://weights/m/"),
                        "no Google credentials found: looked at application default credentials file "
                                + "(GOOGLE_APPLICATION_CREDENTIALS is not set and there is no "
                                + "DIR/.config/gcloud/application_default_credentials.json), metadata server (NO_GCE_CHECK is set)",
                        "gs://weights",
                        "",
                        "give the node or the pod a service account with storage.objectViewer, or set "
                                + "GOOGLE_APPLICATION_CREDENTIALS; a public bucket is read with anonymous: true"),
                one("Google key file that is none", rig -> {
                    Path key = Files.writeString(rig.folder.resolve("key.json"), "oops");
                    return rig.with("GOOGLE_APPLICATION_CREDENTIALS", key.toString()).list("gs://weights/m/");
                },
                        "it is not JSON",
                        "gs://weights: Google credentials from application default credentials file: DIR/key.json",
                        "",
                        "name the file that Google's console or tools wrote"),
                one("hub's address that is none", rig -> rig.with("HF_ENDPOINT", "mirror").list("hf://org/model"),
                        "it is no http or https address: \"mirror\"",
                        "HF_ENDPOINT",
                        "",
                        "correct it or unset it"));
    }

    @ParameterizedTest
    @MethodSource("credentials")
    void credentialsFail(Case one) throws Exception {
        try (WordsRig rig = new WordsRig(folder)) {
            rig.check(one);
        }
    }

    private static Throwable google(WordsRig rig, Fault answer) {
        ScriptedGcs gcs = new ScriptedGcs(rig.server);
        rig.server.script(request -> answer);
        return rig.with("STORAGE_EMULATOR_HOST", gcs.endpoint().toString()).list("gs://weights/m/");
    }

    static Stream<Case> google() {
        return Stream.of(
                one("missing bucket", rig -> google(rig, ScriptedGcs.error(404, "notFound",
                        "The specified bucket does not exist.")),
                        "there is no such bucket",
                        "list gs://weights/m/",
                        "404: \"The specified bucket does not exist.\"",
                        "check its name and the endpoint"),
                one("missing object",
                        rig -> google(rig, ScriptedGcs.error(404, "notFound", "No such object: weights/m")),
                        "there is no such bucket, object or generation",
                        "list gs://weights/m/",
                        "404: \"No such object: weights/m\"",
                        "check the address"),
                one("not allowed", rig -> google(rig, ScriptedGcs.error(403, "forbidden", "no")),
                        "access refused",
                        "list gs://weights/m/",
                        "403: \"no\"",
                        "grant roles/storage.objectViewer on the bucket to the service account"),
                one("token ended", rig -> google(rig, ScriptedGcs.error(401, "authError", "Invalid Credentials")),
                        "the token is not valid any more, and there is no other",
                        "list gs://weights/m/",
                        "401: \"Invalid Credentials\"",
                        "check the credentials"),
                one("requester pays", rig -> google(rig, ScriptedGcs.error(400, "required", "pays")),
                        "the store does not take the request",
                        "list gs://weights/m/",
                        "400: \"pays\"",
                        "a requester-pays bucket needs userProject"),
                one("missing prefix", rig -> {
                    ScriptedGcs gcs = new ScriptedGcs(rig.server).put("other/a", BYTES, 1);
                    return rig.with("STORAGE_EMULATOR_HOST", gcs.endpoint().toString()).list("gs://weights/m/");
                },
                        "nothing is there",
                        "gs://weights/m/",
                        "",
                        "check bucket and prefix"),
                one("compressed", rig -> {
                    ScriptedGcs gcs = new ScriptedGcs(rig.server).put("m/a", BYTES, 1, "gzip");
                    return rig.with("STORAGE_EMULATOR_HOST", gcs.endpoint().toString()).list("gs://weights/m/");
                },
                        "the object is stored with a Content-Encoding",
                        "gs://weights/m/a",
                        "",
                        "store it without, or leave it out with exclude"));
    }

    @ParameterizedTest
    @MethodSource("google")
    void cloudStorageFails(Case one) throws Exception {
        try (WordsRig rig = new WordsRig(folder)) {
            rig.check(one);
        }
    }

    private static Throwable hub(WordsRig rig, int status, String... headers) {
        rig.server.script(request -> new Fault.Status(status, List.of(headers), ""));
        return rig.with("HF_ENDPOINT", rig.address("")).list("hf://org/model");
    }

    static Stream<Case> hub() {
        return Stream.of(
                one("gated", rig -> hub(rig, 403, "X-Error-Code: GatedRepo"),
                        "the model is gated",
                        "GET STORE/api/models/org/model/revision/main",
                        "403 GatedRepo",
                        "ask for access on its page, and give HF_TOKEN of an account that has it"),
                one("no such model", rig -> hub(rig, 404, "X-Error-Code: RepoNotFound"),
                        "there is no such model, or it is private",
                        "GET STORE/api/models/org/model/revision/main",
                        "404 RepoNotFound",
                        "check its name and HF_TOKEN"),
                one("no such revision", rig -> hub(rig, 404, "X-Error-Code: RevisionNotFound"),
                        "the model has no such revision",
                        "GET STORE/api/models/org/model/revision/main",
                        "404 RevisionNotFound",
                        "name one that it has behind @"),
                one("token refused", rig -> hub(rig, 401),
                        "the hub does not accept the token, or there is no such model",
                        "GET STORE/api/models/org/model/revision/main",
                        "401",
                        "check HF_TOKEN"),
                one("not a hub", rig -> hub(rig, 404),
                        "not there, or this server lacks the call",
                        "GET STORE/api/models/org/model/revision/main",
                        "404",
                        "check its address, and the name of the model"),
                one("elsewhere, with a token", rig -> {
                    rig.server.script(request -> new Fault.Status(302,
                            List.of("Location: " + rig.other.address(request.target())), ""));
                    return rig.with("HF_TOKEN", "hf_secret")
                            .with("HF_ENDPOINT", rig.address(""))
                            .list("hf://org/model");
                },
                        "the hub points to OTHER",
                        "GET STORE/api/models/org/model/revision/main",
                        "",
                        "set HF_ENDPOINT (or endpoint) to that, if the model is to be fetched from there"),
                one("no digest", rig -> {
                    new ScriptedHub(rig.server, rig.other).small("config.json", BYTES);
                    rig.server.script(request -> request.target().contains("/tree/")
                            ? new Fault.Status(200, List.of(),
                                    "[{\"type\":\"file\",\"path\":\"a\",\"size\":5,\"oid\":\"odd\"}]")
                            : new Fault.None());
                    return rig.with("HF_ENDPOINT", rig.address(""))
                            .warm("hf://org/model", rig.folder.resolve("out"), true);
                },
                        "the store offers no digest and requireDigest is on",
                        "a of hf://org/model",
                        "",
                        "use the hub itself, or a mirror whose listing has digests, or turn requireDigest off"));
    }

    @ParameterizedTest
    @MethodSource("hub")
    void theHubFails(Case one) throws Exception {
        try (WordsRig rig = new WordsRig(folder)) {
            rig.check(one);
        }
    }
}
