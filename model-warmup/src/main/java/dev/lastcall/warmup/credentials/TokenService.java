// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import javax.xml.stream.XMLStreamException;

import dev.lastcall.warmup.failure.AddressException;
import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.PercentEncoding;
import dev.lastcall.warmup.network.ControlCalls;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.xml.StrictXml;
import io.vertx.core.buffer.Buffer;

/**
 * Takes roles on at the AWS Security Token Service: by another's token ({@code AssumeRoleWithWebIdentity}, which needs no
 * signature) or by other credentials ({@code AssumeRole}). Thread-safe.
 */
final class TokenService {

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_ANSWER_BYTES = 64 * 1024;
    private static final String VERSION = "2011-06-15";
    private static final String FIRST_REGION = "us-east-1";
    private static final int HTTPS_PORT = 443;

    private final Environment environment;
    private final ControlClient control;
    private final InstantSource clock;
    private final SigV4Signer signer = new SigV4Signer("sts");

    TokenService(Environment environment, ControlClient control, InstantSource clock) {
        this.environment = environment;
        this.control = control;
        this.clock = clock;
    }

    /** Takes the role on by the token that the file holds now. */
    AwsCredentials byToken(String role, Path tokenFile, Optional<String> sessionName, String provider)
            throws CredentialException, InterruptedException {
        String token = SecretFile.token(tokenFile);
        String body = "Action=AssumeRoleWithWebIdentity&Version=" + VERSION + "&RoleArn="
                + PercentEncoding.component(role) + "&RoleSessionName="
                + PercentEncoding.component(sessionName.orElse("lastcall")) + "&WebIdentityToken="
                + PercentEncoding.component(token);
        ControlClient.Call call = new ControlClient.Call("POST", endpoint(), "/",
                Map.of("content-type", "application/x-www-form-urlencoded", "accept", "application/xml"),
                Buffer.buffer(body), MAX_ANSWER_BYTES, CALL_TIMEOUT);
        return ask(role, call, "the token in " + tokenFile, provider);
    }

    /**
     * Takes the role on by other credentials.
     *
     * @param externalId what the role's trust policy asks for, where it asks for one
     */
    AwsCredentials byCredentials(String role, AwsCredentials source, Optional<String> sessionName,
            Optional<String> externalId, String provider) throws CredentialException, InterruptedException {
        List<SigV4Signer.Parameter> parameters = new ArrayList<>(List.of(
                new SigV4Signer.Parameter("Action", "AssumeRole"), new SigV4Signer.Parameter("Version", VERSION),
                new SigV4Signer.Parameter("RoleArn", role),
                new SigV4Signer.Parameter("RoleSessionName", sessionName.orElse("lastcall"))));
        externalId.ifPresent(id -> parameters.add(new SigV4Signer.Parameter("ExternalId", id)));
        Origin sts = endpoint();
        SigV4Signer.Unsigned request = new SigV4Signer.Unsigned("GET", sts.hostHeader(), "/", parameters,
                Map.of("accept", "application/xml"));
        Map<String, String> headers = signer.sign(request, source, region(), clock.instant());
        return ask(role, ControlClient.Call.get(sts, request.target(), headers, MAX_ANSWER_BYTES),
                "the key from " + source.provider(), provider);
    }

    private AwsCredentials ask(String role, ControlClient.Call call, String proof, String provider)
            throws CredentialException, InterruptedException {
        try {
            ControlClient.Response response = ControlCalls.repeat(() -> answered(call));
            if (response.status() != 200) {
                throw refused(role, proof, response);
            }
            return parse(response.text(), role, provider);
        } catch (StoreException e) {
            throw new CredentialException("role " + role, CredentialFault.FROM_PASSING, e);
        }
    }

    private ControlClient.Response answered(ControlClient.Call call) throws StoreException, InterruptedException {
        ControlClient.Response response = control.send(call);
        boolean isPassing = response.status() >= 500 || response.status() == 429
                || response.text().contains("<Code>IDPCommunicationError</Code>")
                || response.text().contains("<Code>Throttling");
        if (isPassing) {
            throw new StoreException(new Failure.Refused(StoreFamily.WEB, call.toString(),
                    Integer.toString(response.status()), Refusal.STORE_FAULT));
        }
        return response;
    }

    private String region() {
        return environment.region().filter(name -> name.matches("[a-z0-9-]{1,40}")).orElse(FIRST_REGION);
    }

    private Origin endpoint() throws CredentialException {
        String region = region();
        try {
            return environment.awsEndpoint("sts")
                    .map(Origin::of)
                    .orElseGet(() -> new Origin(true,
                            "sts." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : ""), HTTPS_PORT));
        } catch (AddressException e) {
            throw new CredentialException("", CredentialFault.FROM, e);
        }
    }

    private static CredentialException refused(String role, String proof, ControlClient.Response response) {
        Map<String, String> error = leaves("ErrorResponse", response.text());
        String code = error.getOrDefault("Code", "");
        String said = error.getOrDefault("Message", "").replaceAll("\\p{Cntrl}+", " ");
        CredentialFault fault = switch (code) {
            case "AccessDenied" -> CredentialFault.TRUST_POLICY;
            case "ExpiredTokenException", "ExpiredToken" -> CredentialFault.OLD_PROOF;
            case "InvalidIdentityToken" -> CredentialFault.UNKNOWN_ISSUER;
            case "InvalidClientTokenId", "SignatureDoesNotMatch" -> CredentialFault.BAD_PROOF;
            default -> CredentialFault.ROLE_REFUSED;
        };
        return new CredentialException("role " + role + " by " + proof, fault,
                response.status() + " " + code + (said.isEmpty() ? "" : ", \"" + said + "\""));
    }

    private static AwsCredentials parse(String text, String role, String provider) throws CredentialException {
        String root = text.contains("<AssumeRoleWithWebIdentityResponse")
                ? "AssumeRoleWithWebIdentityResponse"
                : "AssumeRoleResponse";
        Map<String, String> values = leaves(root, text);
        try {
            return AwsCredentials.temporary(need(values, "AccessKeyId"), need(values, "SecretAccessKey"),
                    need(values, "SessionToken"), Instant.parse(need(values, "Expiration")),
                    provider + " (" + role + ")");
        } catch (DateTimeException | IllegalStateException e) {
            throw new CredentialException("the token service for " + role, CredentialFault.ODD_ANSWER,
                    "usable credentials");
        }
    }

    private static String need(Map<String, String> values, String name) {
        String value = values.getOrDefault(name, "");
        if (value.isEmpty() || !value.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new IllegalStateException("no usable " + name);
        }
        return value;
    }

    /** All elements that hold text only, by name. */
    private static Map<String, String> leaves(String root, String text) {
        Map<String, String> leaves = new HashMap<>();
        try (StrictXml xml = new StrictXml(root, text)) {
            while (xml.depth() > 0) {
                if (xml.next() && !xml.element().matches(".*(Result|Credentials|Error|Metadata|AssumedRoleUser)")) {
                    String name = xml.element();
                    leaves.put(name, xml.text().strip());
                }
            }
        } catch (XMLStreamException e) {
            // What was read so far is all there is; a caller that needs more says so.
            return leaves;
        }
        return leaves;
    }
}
