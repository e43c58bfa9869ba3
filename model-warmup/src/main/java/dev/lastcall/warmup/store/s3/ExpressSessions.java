// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Refreshed;
import dev.lastcall.warmup.credentials.SigV4Signer;
import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.xml.StrictXml;

/**
 * Sessions of a directory bucket (S3 Express One Zone): its requests are signed with a key of five minutes that the bucket
 * hands out ("CreateSession", Amazon S3 API Reference).
 */
final class ExpressSessions implements Refreshed.Fetch<AwsCredentials> {

    /** The service that signatures name, and the header in which a session's token goes. */
    static final String SERVICE = "s3express";

    static final String TOKEN_HEADER = "x-amz-s3session-token";

    private static final Pattern DIRECTORY_BUCKET = Pattern.compile("[a-z0-9-]+--[a-z0-9-]+--x-s3");
    private static final Map<String, String> READ_ONLY = Map.of("x-amz-create-session-mode", "ReadOnly");
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private final S3Place place;
    private final String bucket;
    private final Refreshed<AwsCredentials> credentials;
    private final ControlClient control;
    private final InstantSource clock;
    private final SigV4Signer signer = new SigV4Signer(SERVICE);

    ExpressSessions(S3Place place, String bucket, Refreshed<AwsCredentials> credentials, ControlClient control,
            InstantSource clock) {
        this.place = place;
        this.bucket = bucket;
        this.credentials = credentials;
        this.control = control;
        this.clock = clock;
    }

    /** Whether the name is that of a directory bucket. */
    static boolean isFor(String bucket) {
        return DIRECTORY_BUCKET.matcher(bucket).matches();
    }

    @Override
    public AwsCredentials fetch() throws CredentialException, InterruptedException {
        AwsCredentials base = credentials.get();
        ControlClient.Response response = ask(base);
        if (S3Error.of(response.head(), response.text()).code().equals("ExpiredToken")) {
            response = ask(credentials.insteadOf(base));
        }
        if (response.status() != 200) {
            S3Error error = S3Error.of(response.head(), response.text());
            throw new CredentialException(where(),
                    error.status() >= 500 ? CredentialFault.NO_SESSION_NOW : CredentialFault.NO_SESSION,
                    error.status() + " " + error.code());
        }
        return parse(response.text());
    }

    private ControlClient.Response ask(AwsCredentials base) throws CredentialException, InterruptedException {
        SigV4Signer.Unsigned request = new SigV4Signer.Unsigned("GET", place.origin().hostHeader(), place.path(""),
                List.of(new SigV4Signer.Parameter("session", "")), READ_ONLY);
        try {
            return control.send(ControlClient.Call.get(place.origin(), request.target(),
                    signer.sign(request, base, place.region(), clock.instant()), MAX_ANSWER_BYTES));
        } catch (StoreException e) {
            throw new CredentialException(where(), CredentialFault.FROM_PASSING, e);
        }
    }

    private String where() {
        return "a session of bucket " + bucket;
    }

    private AwsCredentials parse(String text) throws CredentialException {
        Map<String, String> fields = StrictXml.fields("CreateSessionResult", text.replaceAll("</?Credentials>", ""));
        try {
            return AwsCredentials.temporary(need(fields, "AccessKeyId"), need(fields, "SecretAccessKey"),
                    need(fields, "SessionToken"), Instant.parse(need(fields, "Expiration")), "session of " + bucket);
        } catch (DateTimeException e) {
            throw new CredentialException(where(), CredentialFault.ODD_ANSWER, "a usable end");
        }
    }

    private String need(Map<String, String> fields, String name) throws CredentialException {
        String value = fields.getOrDefault(name, "").strip();
        if (value.isEmpty() || !value.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new CredentialException(where(), CredentialFault.ODD_ANSWER, "a usable " + name);
        }
        return value;
    }
}
