// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.net.URI;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import javax.xml.stream.XMLStreamException;

import dev.lastcall.warmup.store.ControlCalls;
import dev.lastcall.warmup.store.ControlClient;
import dev.lastcall.warmup.store.PercentEncoding;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;
import dev.lastcall.warmup.wire.Origin;
import dev.lastcall.warmup.xml.StrictXml;
import io.vertx.core.buffer.Buffer;

/**
 * A role taken on by a token that Kubernetes puts into a file (IRSA): {@code AssumeRoleWithWebIdentity} of the AWS Security
 * Token Service API, which needs no signature. The file is read anew each time, as the token in it is replaced.
 */
final class WebIdentity implements CredentialProvider<AwsCredentials> {

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private final Environment environment;
    private final ControlClient control;

    WebIdentity(Environment environment, ControlClient control) {
        this.environment = environment;
        this.control = control;
    }

    @Override
    public String name() {
        return "web identity";
    }

    @Override
    public Finding<AwsCredentials> find() throws CredentialException, InterruptedException {
        Optional<String> role = environment.variable("AWS_ROLE_ARN");
        Optional<String> file = environment.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
        if (role.isEmpty() || file.isEmpty()) {
            return new Finding.Nothing<>(
                    (file.isEmpty() ? "AWS_WEB_IDENTITY_TOKEN_FILE" : "AWS_ROLE_ARN") + " is not set");
        }
        return new Finding.Found<>(
                assume(role.get(), Path.of(file.get()), environment.variable("AWS_ROLE_SESSION_NAME"), name()));
    }

    /** Takes the role on. */
    AwsCredentials assume(String role, Path tokenFile, Optional<String> sessionName, String provider)
            throws CredentialException, InterruptedException {
        String token = SecretFile.token(tokenFile);
        String body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" + PercentEncoding.component(role)
                + "&RoleSessionName=" + PercentEncoding.component(sessionName.orElse("lastcall")) + "&WebIdentityToken="
                + PercentEncoding.component(token);
        Origin sts = endpoint();
        ControlClient.Call call = new ControlClient.Call("POST", sts, "/",
                Map.of("content-type", "application/x-www-form-urlencoded", "accept", "application/xml"),
                Buffer.buffer(body),
                MAX_ANSWER_BYTES, CALL_TIMEOUT);
        try {
            ControlClient.Response response = ControlCalls.repeat(() -> answered(call));
            if (response.status() != 200) {
                throw refused(role, tokenFile, response);
            }
            return parse(response.text(), role, provider);
        } catch (StoreException e) {
            throw CredentialException.passing("role " + role + " cannot be taken on: " + e.getMessage(), e);
        }
    }

    private ControlClient.Response answered(ControlClient.Call call) throws StoreException, InterruptedException {
        ControlClient.Response response = control.send(call);
        boolean isPassing = response.status() >= 500 || response.status() == 429
                || response.text().contains("<Code>IDPCommunicationError</Code>")
                || response.text().contains("<Code>Throttling");
        if (isPassing) {
            throw new StoreException(StoreProblem.FAULTY, call + ": " + response.status());
        }
        return response;
    }

    private Origin endpoint() throws CredentialException {
        String region = environment.region().filter(name -> name.matches("[a-z0-9-]{1,40}")).orElse("us-east-1");
        String address = environment.variable("AWS_ENDPOINT_URL_STS")
                .orElse("https://sts." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : ""));
        try {
            return Origin.of(URI.create(address));
        } catch (IllegalArgumentException e) {
            throw CredentialException.lasting("AWS_ENDPOINT_URL_STS is no address: " + address, e);
        }
    }

    private static CredentialException refused(String role, Path tokenFile, ControlClient.Response response) {
        Map<String, String> error = leaves("ErrorResponse", response.text());
        String code = error.getOrDefault("Code", "");
        String said = error.getOrDefault("Message", "").replaceAll("\\p{Cntrl}+", " ");
        String mend = switch (code) {
            case "AccessDenied" -> "the role's trust policy does not let this service account take it on";
            case "ExpiredTokenException", "ExpiredToken" ->
                "the token in " + tokenFile + " is old; is it still being replaced?";
            case "InvalidIdentityToken" ->
                "the cluster's OIDC provider is not known to the account, or the token is for another"
                        + " audience";
            default -> "check AWS_ROLE_ARN and the token file";
        };
        return CredentialException
                .lasting("role " + role + " cannot be taken on: " + response.status() + " " + code + " (\"" + said
                        + "\"): " + mend);
    }

    private static AwsCredentials parse(String text, String role, String provider) throws CredentialException {
        Map<String, String> values = leaves("AssumeRoleWithWebIdentityResponse", text);
        try {
            return AwsCredentials.temporary(need(values, "AccessKeyId"), need(values, "SecretAccessKey"),
                    need(values, "SessionToken"), Instant.parse(need(values, "Expiration")),
                    provider + " (" + role + ")");
        } catch (DateTimeException | IllegalStateException e) {
            throw CredentialException.passing("the token service gave an answer without usable credentials for " + role,
                    e);
        }
    }

    private static String need(Map<String, String> values, String name) {
        String value = values.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalStateException("no " + name);
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
            // What was read so far is all there is; whoever needs more says so.
            return leaves;
        }
        return leaves;
    }
}
