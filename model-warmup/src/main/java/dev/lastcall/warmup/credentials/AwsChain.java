// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.store.ControlClient;

/** Where AWS's own tools look for credentials, in their order. */
public final class AwsChain {

    private static final String MEND = "give the pod or the instance a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY;"
            + " a public bucket is read with anonymous: true";

    private AwsChain() {}

    /** Variables, web identity, profile, container, instance role; fetched again before they run out. */
    public static Refreshed<AwsCredentials> of(Environment environment, ControlClient control) {
        InstantSource clock = InstantSource.system();
        TokenService tokens = new TokenService(environment, control, clock);
        CredentialProvider<AwsCredentials> variables = new EnvironmentCredentials(environment);
        CredentialProvider<AwsCredentials> container = new ContainerCredentials(environment, control);
        CredentialProvider<AwsCredentials> instance = new InstanceRole(environment, control);
        CredentialProvider<AwsCredentials> profile = new ProfileCredentials(environment, tokens,
                Map.of("Environment", variables, "EcsContainer", container, "Ec2InstanceMetadata", instance));
        return new Refreshed<>(new CredentialChain<>("AWS credentials", MEND,
                List.of(variables, new WebIdentity(environment, tokens), profile, container, instance)), clock);
    }
}
