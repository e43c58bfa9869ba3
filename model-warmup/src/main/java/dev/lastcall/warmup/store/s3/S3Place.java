// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.failure.AddressException;
import dev.lastcall.warmup.failure.AddressFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.PercentEncoding;

/**
 * Where a bucket is: the origin, what precedes the key in the path, and the region that signatures name.
 *
 * @param basePath encoded, without a slash at its end; empty where the host's name carries the bucket
 */
record S3Place(Origin origin, String basePath, String region) {

    private static final Pattern REGION = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    /** What can be a label of a host's name and fits AWS's wildcard certificate: no dots, no capitals. */
    private static final Pattern LABEL = Pattern.compile("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");

    /** Endpoints of AWS's own, which take the bucket in the host's name; the accelerated one takes it nowhere else. */
    private static final Pattern AWS_ENDPOINT = Pattern
            .compile("s3(?:-accelerate|-fips)?(?:\\.dualstack)?(?:[.-][a-z0-9-]+)?\\.amazonaws\\.com(?:\\.cn)?");

    /** A number is no name to put a bucket before. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

    private static final Pattern EXPRESS = Pattern.compile("[a-z0-9-]+--([a-z0-9-]+)--x-s3");

    /**
     * The place that the settings give.
     *
     * @throws IllegalArgumentException if the name is of a kind of access point that cannot be read
     */
    static S3Place of(S3Settings settings, String bucket, String region) {
        requireReadable(bucket);
        URI endpoint = settings.endpoint();
        if (endpoint != null) {
            boolean isOfAws = AWS_ENDPOINT.matcher(Origin.of(endpoint).host()).matches();
            boolean inHost = switch (settings.addressing()) {
                case AUTOMATIC -> isOfAws && LABEL.matcher(bucket).matches();
                case PATH -> false;
                case VIRTUAL_HOST -> true;
            };
            String base = endpoint.getRawPath() == null ? "" : endpoint.getRawPath().replaceAll("/+$", "");
            return at(Origin.of(endpoint), base, bucket, region, inHost);
        }
        Matcher express = EXPRESS.matcher(bucket);
        if (express.matches()) {
            String zone = (settings.fips() ? "s3express-fips-" : "s3express-") + express.group(1);
            return new S3Place(new Origin(true, bucket + "." + zone + "." + region + suffix(region), 443), "", region);
        }
        String service = (settings.fips() ? "s3-fips" : "s3") + (settings.dualStack() ? ".dualstack." : ".") + region;
        Origin aws = new Origin(true, service + suffix(region), 443);
        boolean inHost = switch (settings.addressing()) {
            case AUTOMATIC -> LABEL.matcher(bucket).matches();
            case PATH -> false;
            case VIRTUAL_HOST -> true;
        };
        return at(aws, "", bucket, region, inHost);
    }

    private static void requireReadable(String bucket) {
        Optional<AddressFault> fault = bucket.startsWith("arn:")
                ? Optional.of(AddressFault.ARN)
                : bucket.endsWith(".mrap")
                        ? Optional.of(AddressFault.MULTI_REGION)
                        : bucket.endsWith("--ol-s3")
                                ? Optional.of(AddressFault.OBJECT_LAMBDA)
                                : bucket.endsWith("--op-s3") ? Optional.of(AddressFault.OUTPOST) : Optional.empty();
        if (fault.isPresent()) {
            throw new AddressException(new Failure.BadAddress("s3://" + bucket, fault.get()), null);
        }
    }

    private static S3Place at(Origin origin, String base, String bucket, String region, boolean inHost) {
        return inHost
                ? new S3Place(new Origin(origin.tls(), bucket + "." + origin.host(), origin.port()), base, region)
                : new S3Place(origin, base + "/" + PercentEncoding.component(bucket), region);
    }

    private static String suffix(String region) {
        return region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
    }

    /** Whether the text can stand in a signature's scope and in a host's name. */
    static boolean isRegion(String text) {
        return REGION.matcher(text).matches();
    }

    /** The path of a key, encoded once and not normalised; of the bucket itself for the empty key. */
    String path(String key) {
        return basePath + "/" + PercentEncoding.path(key);
    }

    S3Place withRegion(String other) {
        return new S3Place(origin, basePath, other);
    }

    /** The same store with the bucket in the host's name; empty where it is there already, or where it cannot stand there. */
    Optional<S3Place> virtualHost(String bucket) {
        String inPath = "/" + PercentEncoding.component(bucket);
        boolean isAddress = ADDRESS.matcher(origin.host()).matches();
        if (isAddress || !basePath.endsWith(inPath) || !LABEL.matcher(bucket).matches()) {
            return Optional.empty();
        }
        String base = basePath.substring(0, basePath.length() - inPath.length());
        return Optional.of(at(origin, base, bucket, region, true));
    }
}
