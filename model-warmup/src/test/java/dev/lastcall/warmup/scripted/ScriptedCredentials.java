// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What hands out credentials on a node, on one {@link ScriptedStore}: AWS's token service, the instance metadata service, the
 * container endpoint, Google's metadata server and its token endpoint. Each answer has a number of its own.
 */
public final class ScriptedCredentials implements ScriptedStore.Responder {

    private static final String ROLES = "/latest/meta-data/iam/security-credentials/";

    private final ScriptedStore server;
    private final AtomicInteger issued = new AtomicInteger();
    private final Map<String, SigV4Verifier.Key> keys = new ConcurrentHashMap<>();
    private volatile String role = "node-role";
    private volatile String webToken = "jwt-1";
    private volatile long lifeSeconds = 3600;
    private volatile boolean isIssuedTrusted;

    /** Answers on the server. */
    public ScriptedCredentials(ScriptedStore server) {
        this.server = server;
        server.respond(this);
    }

    /** Attaches this role to the instance; empty for none. */
    public ScriptedCredentials role(String name) {
        role = name;
        return this;
    }

    /** Takes only this token for a web identity. */
    public ScriptedCredentials webToken(String only) {
        webToken = only;
        return this;
    }

    /** Hands out what lasts so long. */
    public ScriptedCredentials life(long seconds) {
        lifeSeconds = seconds;
        return this;
    }

    /** How many credentials were handed out. */
    public int issued() {
        return issued.get();
    }

    /** An address on the server. */
    public URI address(String path) {
        return server.address(path);
    }

    @Override
    public Optional<Fault.Status> answer(ScriptedStore.Request request) {
        String target = request.target();
        if (request.method().equals("POST") && request.body().contains("Action=AssumeRoleWithWebIdentity")) {
            return Optional.of(assume(request));
        }
        if (target.startsWith("/?Action=AssumeRole&") || request.body().startsWith("Action=AssumeRole&")) {
            return Optional.of(assumeByKey(request));
        }
        if (target.startsWith("/federation/")) {
            return federated(request);
        }
        if (target.equals("/latest/api/token")) {
            boolean isPut = request.method().equals("PUT")
                    && !request.header("x-aws-ec2-metadata-token-ttl-seconds").isEmpty();
            return Optional.of(isPut
                    ? new Fault.Status(200, List.of("x-aws-ec2-metadata-token-ttl-seconds: 21600"), "imds-token")
                    : new Fault.Status(400, List.of(), ""));
        }
        if (target.startsWith(ROLES)) {
            return Optional.of(instance(request));
        }
        if (target.startsWith("/container")) {
            return Optional.of(request.header("authorization").equals("pod-token")
                    ? json("Token")
                    : new Fault.Status(403, List.of(), "{\"code\":\"AccessDenied\"}"));
        }
        if (target.equals("/computeMetadata/v1/instance/service-accounts/default/token")) {
            return Optional.of(request.header("metadata-flavor").equals("Google")
                    ? token(List.of("Metadata-Flavor: Google"))
                    : new Fault.Status(403, List.of(), ""));
        }
        return target.equals("/oauth/token") && request.method().equals("POST")
                ? Optional.of(oauth(request))
                : Optional.empty();
    }

    /** Knows a permanent key, by which roles are taken on. */
    public ScriptedCredentials key(String id, String secret) {
        keys.put(id, new SigV4Verifier.Key(secret, "", Instant.MAX));
        return this;
    }

    /** A request that is signed well gets a key, which can itself be used to take on another role. */
    private Fault.Status assumeByKey(ScriptedStore.Request request) {
        String fault = new SigV4Verifier("us-east-1", keys, Instant::now).fault(request);
        if (!fault.isEmpty()) {
            return new Fault.Status(403, List.of(), "<ErrorResponse><Error><Type>Sender</Type><Code>" + fault
                    + "</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>");
        }
        int n = issued.incrementAndGet();
        keys.put("ASIA" + n, new SigV4Verifier.Key("secret" + n, "session" + n, Instant.MAX));
        return new Fault.Status(200, List.of("Content-Type: text/xml"), issue("AssumeRole", n));
    }

    private Optional<Fault.Status> federated(ScriptedStore.Request request) {
        return switch (request.target()) {
            case "/federation/subject?a=b" -> Optional.of(request.header("x-audience").equals("google")
                    ? new Fault.Status(200, List.of(), "{\"id_token\":\"subject-1\"}")
                    : new Fault.Status(403, List.of(), ""));
            case "/federation/token" -> Optional.of(form(request.body(), "subject_token").equals("subject-1")
                    ? token(List.of("Content-Type: application/json"))
                    : new Fault.Status(400, List.of(),
                            "{\"error\":\"invalid_grant\",\"error_description\":\"The pool does not know it\"}"));
            case "/federation/sa:generateAccessToken" -> Optional.of(
                    request.header("authorization").startsWith("Bearer ya29.")
                            ? new Fault.Status(200, List.of(), "{\"accessToken\":\"sa." + issued.incrementAndGet()
                                    + "\",\"expireTime\":\"" + end() + "\"}")
                            : new Fault.Status(403, List.of(), "{\"error\":{\"status\":\"PERMISSION_DENIED\"}}"));
            default -> Optional.empty();
        };
    }

    private Fault.Status assume(ScriptedStore.Request request) {
        if (!form(request.body(), "WebIdentityToken").equals(webToken)) {
            return new Fault.Status(400, List.of(),
                    "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
                            + "<Type>Sender</Type><Code>ExpiredTokenException</Code><Message>Token expired</Message></Error>"
                            + "<RequestId>1</RequestId></ErrorResponse>");
        }
        int n = issued.incrementAndGet();
        return new Fault.Status(200, List.of("Content-Type: text/xml"), issue("AssumeRoleWithWebIdentity", n));
    }

    private String issue(String action, int n) {
        return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action
                + "Result><AssumedRoleUser><Arn>a</Arn><AssumedRoleId>r:s</AssumedRoleId></AssumedRoleUser>"
                + "<Credentials><AccessKeyId>ASIA" + n + "</AccessKeyId><SecretAccessKey>secret" + n
                + "</SecretAccessKey><SessionToken>session" + n + "</SessionToken><Expiration>" + end()
                + "</Expiration></Credentials></" + action + "Result><ResponseMetadata><RequestId>1</RequestId>"
                + "</ResponseMetadata></" + action + "Response>";
    }

    private Fault.Status instance(ScriptedStore.Request request) {
        if (!request.header("x-aws-ec2-metadata-token").equals("imds-token")) {
            return new Fault.Status(401, List.of(), "");
        }
        if (role.isEmpty()) {
            return new Fault.Status(404, List.of(), "");
        }
        return request.target().equals(ROLES)
                ? new Fault.Status(200, List.of(), role)
                : request.target().equals(ROLES + role) ? json("Token") : new Fault.Status(404, List.of(), "");
    }

    /** Lets what the instance and the container hand out take roles on. */
    public ScriptedCredentials trustIssued() {
        isIssuedTrusted = true;
        return this;
    }

    private Fault.Status json(String tokenName) {
        int n = issued.incrementAndGet();
        if (isIssuedTrusted) {
            keys.put("ASIA" + n, new SigV4Verifier.Key("secret" + n, "session" + n, Instant.MAX));
        }
        return new Fault.Status(200, List.of("Content-Type: application/json"),
                "{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"ASIA" + n
                        + "\",\"SecretAccessKey\":\"secret" + n + "\",\""
                        + tokenName + "\":\"session" + n + "\",\"Expiration\":\"" + end() + "\"}");
    }

    private Fault.Status oauth(ScriptedStore.Request request) {
        String grant = form(request.body(), "grant_type");
        boolean isKnown = grant.equals("urn:ietf:params:oauth:grant-type:jwt-bearer")
                ? form(request.body(), "assertion").matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+")
                : form(request.body(), "refresh_token").equals("refresh");
        return isKnown
                ? token(List.of("Content-Type: application/json"))
                : new Fault.Status(400, List.of(),
                        "{\"error\":\"invalid_grant\",\"error_description\":\"Token revoked\"}");
    }

    private Fault.Status token(List<String> headers) {
        return new Fault.Status(200, headers,
                "{\"access_token\":\"ya29." + issued.incrementAndGet() + "\",\"expires_in\":"
                        + lifeSeconds + ",\"token_type\":\"Bearer\","
                        + "\"issued_token_type\":\"urn:ietf:params:oauth:token-type:access_token\"}");
    }

    private String end() {
        return Instant.now().plusSeconds(lifeSeconds).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** One field of a form. */
    public static String form(String body, String name) {
        for (String pair : List.of(body.split("&", -1))) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        return "";
    }
}
