// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.scripted.ScriptedCredentials;
import dev.lastcall.warmup.scripted.ScriptedStore;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** A node with a home folder and variables, and everything that hands out credentials on one scripted server. */
final class ChainFixture implements AutoCloseable {

    final ScriptedStore server = new ScriptedStore();
    final ScriptedCredentials scripted = new ScriptedCredentials(server);
    final Map<String, String> variables = new HashMap<>();
    final Path home;
    private final Network network;

    ChainFixture(Path home, Network network) {
        this.home = home;
        this.network = network;
    }

    Environment environment() {
        return new Environment(variables, home);
    }

    Refreshed<AwsCredentials> aws() {
        variables.putIfAbsent("AWS_EC2_METADATA_SERVICE_ENDPOINT", scripted.address("").toString());
        variables.putIfAbsent("AWS_ENDPOINT_URL_STS", scripted.address("").toString());
        return AwsChain.of(environment(), network.control());
    }

    CredentialException awsFailure() {
        return catchThrowableOfType(CredentialException.class, () -> aws().get());
    }

    Refreshed<AccessToken> google() {
        variables.putIfAbsent("GCE_METADATA_HOST", scripted.address("").getAuthority());
        return GoogleChain.of(environment(), network.control());
    }

    CredentialException googleFailure() {
        return catchThrowableOfType(CredentialException.class, () -> google().get());
    }

    /** A file in the home folder. */
    Path file(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.resolveSibling("").normalize());
        return Files.writeString(file, text);
    }

    /** The file of application default credentials. */
    void keyFile(String json) throws IOException {
        variables.put("GOOGLE_APPLICATION_CREDENTIALS", file("key.json", json).toString());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
