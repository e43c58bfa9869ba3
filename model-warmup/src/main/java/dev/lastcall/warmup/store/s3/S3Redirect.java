// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.PercentEncoding;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.network.Redirects;

/**
 * Where to go when S3 says that a bucket is elsewhere. Nothing is followed on the store's word alone: never from https to
 * http, from AWS only to AWS, and from nowhere into the node's own networks, where credentials are handed out.
 */
final class S3Redirect {

    /** {@code bucket.s3.eu-west-1.amazonaws.com}, {@code s3-eu-west-1.…}, {@code s3.dualstack.eu-west-1.…}. */
    private static final Pattern AWS_HOST = Pattern
            .compile(
                    "(?:.+\\.)?s3(?:-fips)?(?:\\.dualstack)?(?:[.-]([a-z]{2}(?:-[a-z]+)+-\\d+))?\\.amazonaws\\.com(?:\\.cn)?");

    /** What stores answer that take the bucket in the host's name only. */
    private static final Set<String> PATH_REFUSED = Set.of("PathStyleRequestNotAllowed", "PathStyleDomainForbidden",
            "SecondLevelDomainForbidden", "VirtualHostStyleRequired");

    private final S3Settings settings;
    private final String bucket;
    private final Redirects redirects;

    S3Redirect(S3Settings settings, String bucket, Redirects redirects) {
        this.settings = settings;
        this.bucket = bucket;
        this.redirects = redirects;
    }

    /** The place to ask instead of {@code from}; empty if the store does not point to one, or to one that is refused. */
    Optional<S3Place> next(S3Place from, S3Error error, ResponseHead head) {
        if (PATH_REFUSED.contains(error.code())) {
            return from.virtualHost(bucket).filter(place -> settings.addressing() != S3Settings.Addressing.PATH);
        }
        boolean isElsewhere = error.status() == 301 || error.status() == 302 || error.status() == 307
                || error.status() == 308;
        boolean isOtherRegion = S3Place.isRegion(error.region()) && !error.region().equals(from.region());
        if (!isElsewhere) {
            // 400 AuthorizationHeaderMalformed and the bodiless 400 or 403 of a HEAD name the region that was missed.
            return isOtherRegion ? Optional.of(inRegion(from, error.region())) : Optional.empty();
        }
        if (isOtherRegion && settings.endpoint() == null) {
            return Optional.of(S3Place.of(settings, bucket, error.region()));
        }
        String region = isOtherRegion ? error.region() : from.region();
        return target(from, error, head).filter(origin -> isAllowed(from.origin(), origin))
                .map(origin -> at(origin, region))
                .filter(place -> !place.equals(from));
    }

    private S3Place inRegion(S3Place from, String region) {
        return settings.endpoint() == null ? S3Place.of(settings, bucket, region) : from.withRegion(region);
    }

    private static Optional<Origin> target(S3Place from, S3Error error, ResponseHead head) {
        String location = head.field("location").orElse("");
        try {
            if (!location.isEmpty()) {
                return Optional.of(Origin.of(URI.create(location)));
            }
            if (!error.endpoint().isEmpty()) {
                return Optional
                        .of(Origin.of(URI.create((from.origin().tls() ? "https://" : "http://") + error.endpoint())));
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private S3Place at(Origin origin, String region) {
        Matcher aws = AWS_HOST.matcher(origin.host());
        String named = aws.matches() && aws.group(1) != null ? aws.group(1) : region;
        boolean inHost = origin.host().startsWith(bucket + ".");
        return new S3Place(origin, inHost ? "" : "/" + PercentEncoding.component(bucket), named);
    }

    private boolean isAllowed(Origin from, Origin to) {
        if (from.tls() && !to.tls()) {
            return false;
        }
        if (settings.endpoint() == null) {
            return AWS_HOST.matcher(to.host()).matches();
        }
        return redirects.mayFollow(to);
    }
}
