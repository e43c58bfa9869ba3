// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import dev.lastcall.warmup.credentials.AwsChain;
import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.StoreException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.services.s3.S3Client;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The AWS SDK for Java as the oracle: for random variables and profile files both ask the same host, in the same region, by
 * the same key. Its system properties stand for the variables, of which a test can set none.
 */
class AwsSettingsOracleTest {

    private static final String BUCKET = "bucket-of-models";

    private static final Map<String, String> PROPERTIES = Map.of("AWS_ACCESS_KEY_ID", "aws.accessKeyId",
            "AWS_SECRET_ACCESS_KEY", "aws.secretAccessKey", "AWS_REGION", "aws.region", "AWS_PROFILE", "aws.profile",
            "AWS_ENDPOINT_URL", "aws.endpointUrl", "AWS_ENDPOINT_URL_S3", "aws.endpointUrlS3",
            "AWS_USE_DUALSTACK_ENDPOINT", "aws.useDualstackEndpoint", "AWS_USE_FIPS_ENDPOINT", "aws.useFipsEndpoint",
            "AWS_EC2_METADATA_DISABLED", "aws.disableEc2Metadata");

    /** What a request shows of the settings it was made with. */
    private record Shown(String origin, String region, String keyId) {}

    /** One node: its variables and its two files. */
    private static final class Node {
        private final SplittableRandom random;
        private final Map<String, String> variables = new HashMap<>();
        private final List<String> config = new ArrayList<>();
        private final List<String> credentials = new ArrayList<>();
        private final boolean hasEndpoints;

        Node(long seed) {
            random = new SplittableRandom(seed);
            hasEndpoints = random.nextBoolean();
            variables.put("AWS_EC2_METADATA_DISABLED", "true");
            maybe("AWS_REGION", "eu-west-" + (1 + random.nextInt(3)));
            if (maybe("AWS_ACCESS_KEY_ID", "AKIDOFVARIABLES")) {
                variables.put("AWS_SECRET_ACCESS_KEY", "secret");
            }
            maybe("AWS_PROFILE", random.nextBoolean() ? "gpu" : "team.a-b");
            if (hasEndpoints) {
                maybe("AWS_ENDPOINT_URL", "http://all.variables.test:9000");
                maybe("AWS_ENDPOINT_URL_S3", "https://s3.variables.test");
            } else {
                maybe("AWS_USE_DUALSTACK_ENDPOINT", "true");
                maybe("AWS_USE_FIPS_ENDPOINT", "true");
            }
            for (String name : List.of("default", "gpu", "team.a-b")) {
                profile(name);
            }
            services();
        }

        private boolean maybe(String variable, String value) {
            boolean isSet = random.nextInt(3) == 0;
            if (isSet) {
                variables.put(variable, value);
            }
            return isSet;
        }

        private void profile(String name) {
            boolean isMarked = !name.equals("default") || random.nextBoolean();
            config.add(isMarked ? (random.nextBoolean() ? "[profile " : "[ profile  ") + name + "]" : "[" + name + "]");
            List<String> settings = new ArrayList<>(List.of("region=us-west-" + (1 + random.nextInt(2)),
                    "s3 =\n    addressing_style = auto\n    max_concurrent_requests=20", "output = json",
                    "# a comment"));
            if (hasEndpoints && random.nextBoolean()) {
                settings.add("endpoint_url = http://all." + name + ".test:9001");
            }
            if (hasEndpoints && random.nextBoolean()) {
                settings.add("services = ours");
            }
            if (!hasEndpoints && random.nextInt(3) == 0) {
                settings.add("use_dualstack_endpoint = true");
            }
            List<String> key = List.of("aws_access_key_id = AKIDOF" + name.toUpperCase(java.util.Locale.ROOT)
                    .replaceAll("[^A-Z]", "") + random.nextInt(10), "aws_secret_access_key = a/secret+ value");
            if (random.nextBoolean()) {
                settings.addAll(key);
            }
            if (random.nextBoolean()) {
                credentials.add("[" + name + "]");
                credentials.addAll(key.stream().map(this::dressed).toList());
            }
            while (!settings.isEmpty()) {
                config.add(dressed(settings.remove(random.nextInt(settings.size()))));
            }
        }

        /** As people write lines: with comments behind them, with and without blanks. */
        private String dressed(String line) {
            String spaced = random.nextBoolean() || line.contains("\n") ? line : line.replace(" = ", "=");
            return spaced + switch (line.contains("\n") ? 3 : random.nextInt(5)) {
                case 0 -> " # why";
                case 1 -> "\t; why";
                case 2 -> "\n\n; between";
                default -> "";
            };
        }

        private void services() {
            config.add("[services ours]");
            if (random.nextBoolean()) {
                config.add("sts =\n  endpoint_url = http://sts.services.test");
            }
            if (random.nextBoolean()) {
                config.add("s3 =\n  endpoint_url = http://s3.services.test:9002");
            }
        }

        String text() {
            return variables + "\n" + String.join("\n", config) + "\n--- credentials\n"
                    + String.join("\n", credentials);
        }
    }

    @Property(tries = 150)
    void everyNodeAsksAsTheSdkDoes(@ForAll @LongRange(min = 0) long seed) throws Exception {
        Node node = new Node(seed);

        assertThat(ours(node)).as(node.text()).isEqualTo(ofTheSdk(node));
    }

    private static Shown ours(Node node) throws Exception {
        Path home = Files.createTempDirectory("aws-settings");
        try (Network network = Network.create()) {
            Map<String, String> variables = new HashMap<>(node.variables);
            variables.put("AWS_CONFIG_FILE", write(home.resolve("config"), node.config).toString());
            variables.put("AWS_SHARED_CREDENTIALS_FILE",
                    write(home.resolve("credentials"), node.credentials).toString());
            Environment environment = new Environment(variables, home);
            S3Settings settings = S3Settings.from(environment).withAddressing(S3Settings.Addressing.PATH);
            S3Requests requests = new S3Requests(BUCKET, settings, AwsChain.of(environment, network.control()),
                    network.control(), InstantSource.system());
            S3Requests.Worded worded = requests.word("GET", "key", List.of(), Map.of());
            AwsCredentials key = worded.credentials();
            return new Shown(worded.place().origin().toString(), worded.place().region(),
                    key == null ? "" : key.accessKeyId());
        } catch (StoreException none) {
            return new Shown("", "", "none");
        } finally {
            Files.deleteIfExists(home.resolve("config"));
            Files.deleteIfExists(home.resolve("credentials"));
            Files.delete(home);
        }
    }

    private static Path write(Path file, List<String> lines) throws IOException {
        return Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private static Shown ofTheSdk(Node node) {
        node.variables.forEach((name, value) -> System.setProperty(PROPERTIES.getOrDefault(name, name), value));
        ProfileFile files = ProfileFile.aggregator()
                .addFile(file(node.credentials, ProfileFile.Type.CREDENTIALS))
                .addFile(file(node.config, ProfileFile.Type.CONFIGURATION))
                .build();
        Capture capture = new Capture();
        try (S3Client client = S3Client.builder()
                .httpClient(capture)
                .forcePathStyle(true)
                .overrideConfiguration(settings -> settings.defaultProfileFile(files)
                        .defaultProfileName(node.variables.getOrDefault("AWS_PROFILE", "default")))
                .build()) {
            client.getObject(get -> get.bucket(BUCKET).key("key"));
            throw new AssertionError("the captured request has no answer");
        } catch (SdkClientException e) {
            if (capture.request == null) {
                assertThat(e).hasMessageContaining("credentials");
                return new Shown("", "", "none");
            }
            return shown(capture.request);
        } finally {
            PROPERTIES.values().forEach(System::clearProperty);
        }
    }

    private static ProfileFile file(List<String> lines, ProfileFile.Type type) {
        return ProfileFile.builder()
                .content(new java.io.ByteArrayInputStream((String.join("\n", lines) + "\n")
                        .getBytes(StandardCharsets.UTF_8)))
                .type(type)
                .build();
    }

    private static Shown shown(SdkHttpRequest request) {
        String scope = request.firstMatchingHeader("Authorization").orElse("").replaceFirst("(?s).*Credential=", "");
        String[] parts = scope.split("/", -1);
        URI uri = request.getUri();
        return new Shown(uri.getScheme() + "://" + uri.getAuthority(), parts[2], parts[0]);
    }

    /** Keeps the request and sends nothing. */
    private static final class Capture implements SdkHttpClient {
        @org.jspecify.annotations.Nullable
        private SdkHttpRequest request;

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest execute) {
            request = execute.httpRequest();
            throw SdkClientException.create("captured");
        }

        @Override
        public void close() {}
    }
}
