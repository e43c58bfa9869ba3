// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.net.URI;

import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.failure.AddressException;
import dev.lastcall.warmup.failure.AddressFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.http.Origin;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a bucket.
 *
 * @param endpoint of a store that is not AWS's own, or of a private one; null for AWS's
 * @param region that requests are signed for; the store's correction is taken up
 * @param addressing where the bucket is in the address
 * @param anonymous whether requests go out unsigned
 * @param requesterPays whether to agree to pay for requests and transfer
 * @param dualStack whether to use AWS's names that have IPv6 addresses too
 * @param fips whether to use AWS's endpoints with validated cryptography
 */
public record S3Settings(@Nullable URI endpoint, String region, Addressing addressing, boolean anonymous,
        boolean requesterPays, boolean dualStack, boolean fips) {

    /** AWS's oldest region, from which every bucket's own is learnt. */
    static final String FIRST_REGION = "us-east-1";

    /** AWS itself in its first region, signed. */
    public static final S3Settings AWS = new S3Settings(null, FIRST_REGION, Addressing.AUTOMATIC, false, false, false,
            false);

    /** @throws IllegalArgumentException if the endpoint is no http or https address or the region is no name */
    public S3Settings {
        if (endpoint != null) {
            Origin.of(endpoint);
        }
        if (!S3Place.isRegion(region)) {
            throw new AddressException(new Failure.BadAddress("\"" + region + "\"", AddressFault.NO_REGION), null);
        }
    }

    /** Where the bucket is in the address. */
    public enum Addressing {
        /** In the host's name at AWS where TLS allows it, in the path elsewhere. */
        AUTOMATIC,
        /** In the path. */
        PATH,
        /** In the host's name. */
        VIRTUAL_HOST
    }

    /**
     * What AWS's tools would take from their variables and from the profile in use: endpoint, region, style of addresses.
     *
     * @throws IllegalArgumentException if the endpoint is no address, naming where it is set
     */
    public static S3Settings from(Environment environment) {
        Addressing addressing = switch (environment.awsProfile("s3.addressing_style").orElse("auto")) {
            case "path" -> Addressing.PATH;
            case "virtual" -> Addressing.VIRTUAL_HOST;
            default -> Addressing.AUTOMATIC;
        };
        return new S3Settings(environment.awsEndpoint("s3").orElse(null), environment.region().orElse(FIRST_REGION),
                addressing, false, false,
                environment.isTrueForAws("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
                environment.isTrueForAws("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
    }

    /** The same at another endpoint. */
    public S3Settings withEndpoint(URI other) {
        return new S3Settings(other, region, addressing, anonymous, requesterPays, dualStack, fips);
    }

    /** The same in another region. */
    public S3Settings withRegion(String other) {
        return new S3Settings(endpoint, other, addressing, anonymous, requesterPays, dualStack, fips);
    }

    /** The same with the bucket elsewhere in the address. */
    public S3Settings withAddressing(Addressing other) {
        return new S3Settings(endpoint, region, other, anonymous, requesterPays, dualStack, fips);
    }

    /** The same without signatures. */
    public S3Settings unsigned() {
        return new S3Settings(endpoint, region, addressing, true, requesterPays, dualStack, fips);
    }

    /** The same with the bill accepted. */
    public S3Settings withRequesterPays() {
        return new S3Settings(endpoint, region, addressing, anonymous, true, dualStack, fips);
    }
}
