// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.failure.CredentialFault;
import dev.lastcall.warmup.network.ControlClient;

/** Where AWS's own tools look for credentials, in their order. */
public final class AwsChain {

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
        return new Refreshed<>(new CredentialChain<>("AWS credentials", CredentialFault.NO_AWS_KEYS,
                List.of(variables, new WebIdentity(environment, tokens), profile, container, instance)), clock);
    }
}
