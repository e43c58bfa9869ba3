// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Refreshed;
import dev.lastcall.warmup.credentials.SigV4Signer;
import dev.lastcall.warmup.credentials.SigV4Signer.Parameter;
import dev.lastcall.warmup.credentials.SigV4Signer.Unsigned;
import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.http.RetryAfter;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.network.Redirects;
import dev.lastcall.warmup.store.StoreException;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Words requests to one bucket and signs them, and takes up what the store corrects: its place, its time, credentials that
 * ran out. What one request learnt holds for all that follow. Thread-safe.
 */
final class S3Requests {

    /** Place, time and credentials can each be corrected once, and a region twice on the way to an old bucket. */
    private static final int MAX_CORRECTIONS = 4;

    private final String bucket;
    private final S3Settings settings;
    private final @Nullable Refreshed<AwsCredentials> credentials;
    private final ControlClient control;
    private final SharedClock clock;
    private final S3Redirect redirect;
    private final SigV4Signer signer;
    private volatile S3Place place;
    private volatile @Nullable AwsCredentials good;
    private @Nullable AwsCredentials doubted; // guarded by this

    S3Requests(String bucket, S3Settings settings, @Nullable Refreshed<AwsCredentials> credentials,
            ControlClient control, InstantSource time) {
        this.bucket = bucket;
        this.settings = settings;
        this.control = control;
        this.clock = new SharedClock(time);
        this.place = S3Place.of(settings, bucket, settings.region());
        this.redirect = new S3Redirect(settings, bucket, new Redirects(place.origin(), control));
        boolean isExpress = ExpressSessions.isFor(bucket);
        this.signer = isExpress
                ? new SigV4Signer(ExpressSessions.SERVICE, ExpressSessions.TOKEN_HEADER)
                : new SigV4Signer("s3");
        if (settings.anonymous() || credentials == null) {
            this.credentials = null;
        } else {
            this.credentials = isExpress
                    ? new Refreshed<>(new ExpressSessions(place, bucket, credentials, control, clock::now), time)
                    : credentials;
        }
    }

    String bucket() {
        return bucket;
    }

    /** A request as it goes onto the wire, and what it was made with. */
    record Worded(S3Place place, String target, Map<String, String> headers, @Nullable AwsCredentials credentials,
            Instant time) {}

    Worded word(String method, String key, List<Parameter> parameters, Map<String, String> headers)
            throws StoreException, InterruptedException {
        S3Place at = place;
        Map<String, String> all = new LinkedHashMap<>(headers);
        if (settings.requesterPays()) {
            all.put("x-amz-request-payer", "requester");
        }
        Unsigned request = new Unsigned(method, at.origin().hostHeader(), at.path(key), parameters, all);
        Instant now = clock.now();
        AwsCredentials signing = signing();
        Map<String, String> signed = signing == null ? all : signer.sign(request, signing, at.region(), now);
        return new Worded(at, request.target(), signed, signing, now);
    }

    private @Nullable AwsCredentials signing() throws StoreException, InterruptedException {
        if (credentials == null) {
            return null;
        }
        try {
            return credentials.get();
        } catch (CredentialException e) {
            throw explain(e);
        }
    }

    private StoreException explain(CredentialException e) {
        return new StoreException(e.at("s3://" + bucket), e);
    }

    /**
     * Sends a small request until it succeeds or fails for good.
     *
     * @throws StoreException with what the store's last error means
     */
    ControlClient.Response call(String method, String key, List<Parameter> parameters, Map<String, String> headers,
            int maxBodyBytes) throws StoreException, InterruptedException {
        for (int corrections = 0;; corrections++) {
            Worded worded = word(method, key, parameters, headers);
            ControlClient.Response response = control
                    .send(new ControlClient.Call(method, worded.place.origin(), worded.target,
                            worded.headers, Buffer.buffer(), maxBodyBytes, ControlClient.CALL_TIMEOUT));
            if (response.status() / 100 == 2) {
                works(worded);
                return response;
            }
            S3Error error = S3Error.of(response.head(), response.text());
            if (corrections == MAX_CORRECTIONS || !takeUp(worded, error, response.head())) {
                throw S3Answers.explain(bucket, describe(method, key, worded), error, RetryAfter.of(response.head()));
            }
        }
    }

    /** {@code GET s3://bucket/key at https://host}. */
    String describe(String method, String key, Worded worded) {
        return method + " s3://" + bucket + "/" + key + " at " + worded.place.origin();
    }

    /**
     * Takes up what the error corrects.
     *
     * @return whether the same request, built again, can be expected to succeed
     * @throws StoreException if credentials ran out and there are no others
     */
    boolean takeUp(Worded worded, S3Error error, ResponseHead head) throws StoreException, InterruptedException {
        return switch (error.code()) {
            case "RequestTimeTooSkewed", "RequestExpired" -> correctClock(worded, head);
            case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired" -> replace(worded.credentials);
            case "AccessDenied", "InvalidAccessKeyId", "InvalidToken", "InvalidSecurity", "InvalidClientTokenId" ->
                followPlace(worded, error, head) || replaceOnDoubt(worded.credentials);
            default -> followPlace(worded, error, head);
        };
    }

    private boolean correctClock(Worded worded, ResponseHead head) {
        Optional<Instant> storeTime = head.field("date").flatMap(S3Requests::date);
        return storeTime.isPresent() && clock.learn(storeTime.get(), worded.time);
    }

    private boolean followPlace(Worded worded, S3Error error, ResponseHead head) {
        Optional<S3Place> next = redirect.next(worded.place, error, head);
        next.ifPresent(found -> place = found);
        return next.isPresent();
    }

    private boolean replace(@Nullable AwsCredentials used) throws StoreException, InterruptedException {
        if (credentials == null || used == null) {
            return false;
        }
        try {
            AwsCredentials next = credentials.insteadOf(used);
            if (next.isSameKeyAs(used)) {
                throw explain(new CredentialException("", CredentialFault.SAME_AGAIN, used.provider()));
            }
            return true;
        } catch (CredentialException e) {
            throw explain(e);
        }
    }

    /** A request was answered. */
    void works(Worded worded) {
        good = worded.credentials;
    }

    /** Not every store says of a session that it ended: one that worked before and is refused now is asked for again, once. */
    private synchronized boolean replaceOnDoubt(@Nullable AwsCredentials used)
            throws StoreException, InterruptedException {
        if (credentials == null || used == null || used.sessionToken().isEmpty()) {
            return false;
        }
        try {
            if (!credentials.get().isSameKeyAs(used)) {
                return true;
            }
            if (!isSame(good, used) || isSame(doubted, used)) {
                return false;
            }
            doubted = used;
            return !credentials.insteadOf(used).isSameKeyAs(used);
        } catch (CredentialException e) {
            throw explain(e);
        }
    }

    private static boolean isSame(@Nullable AwsCredentials one, AwsCredentials other) {
        return one != null && one.isSameKeyAs(other);
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
