// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.lastcall.metadata.ProviderText;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;

/**
 * Tells which cloud this machine is in: by what its firmware says (DMI), and only where the firmware says nothing, as in some
 * sandboxes, by asking the three metadata servers at once. A machine whose firmware names another maker is in none, without a
 * packet sent.
 */
public final class CloudDetector {

    /** Bound on the probe as a whole; a link-local server that is there answers within milliseconds. */
    public static final Duration PROBE_BOUND = Duration.ofSeconds(1);

    /** Where Linux shows the firmware's tables. */
    private static final String DMI = "sys/class/dmi/id";

    /** The asset tag of every Azure VM ("How to detect whether a VM runs on Azure", Azure documentation). */
    private static final String AZURE_ASSET_TAG = "7783-7084-3265-9085-8269-3286-77";

    private static final int MAX_DMI_BYTES = 256;

    private final MetadataTransport transport;
    private final Path root;
    private final Endpoint aws;
    private final Endpoint gcp;
    private final Endpoint azure;

    /** A detector that reads DMI under {@code root} and probes the clouds' own addresses. */
    public CloudDetector(MetadataTransport transport, Path root) {
        this(transport, root, AwsSettings.IPV4, GcpSettings.SERVER, AzureSettings.SERVER);
    }

    CloudDetector(MetadataTransport transport, Path root, Endpoint aws, Endpoint gcp, Endpoint azure) {
        this.transport = transport;
        this.root = root;
        this.aws = aws;
        this.gcp = gcp;
        this.azure = azure;
    }

    /**
     * What was found.
     *
     * @param cloud the cloud, or {@link Cloud#NONE}
     * @param evidence what says so, for people
     */
    public record Detected(Cloud cloud, String evidence) {}

    /** Finds out. Blocks the calling thread for no longer than {@link #PROBE_BOUND} and a file or two. */
    public Detected detect() throws InterruptedException {
        String vendor = dmi("sys_vendor");
        String product = dmi("product_name");
        String firmware = vendor.isEmpty() && product.isEmpty()
                ? ""
                : "firmware says '" + vendor + "', '" + product + "'";
        String all = (vendor + " " + product + " " + dmi("bios_vendor") + " " + dmi("product_version") + " "
                + dmi("bios_version"))
                .toLowerCase(Locale.ROOT);
        if (all.contains("amazon")) {
            return new Detected(Cloud.AWS, firmware);
        }
        if (product.equals("Google Compute Engine") || (vendor.equals("Google") && product.equals("Google"))) {
            return new Detected(Cloud.GCP, firmware);
        }
        if (dmi("chassis_asset_tag").equals(AZURE_ASSET_TAG)) {
            return new Detected(Cloud.AZURE, firmware + ", asset tag of Azure");
        }
        return firmware.isEmpty() ? probe() : new Detected(Cloud.NONE, firmware);
    }

    private String dmi(String name) {
        try (InputStream in = Files.newInputStream(root.resolve(DMI).resolve(name))) {
            return ProviderText.printable(new String(in.readNBytes(MAX_DMI_BYTES), StandardCharsets.UTF_8).strip(),
                    MAX_DMI_BYTES);
        } catch (IOException unreadable) {
            return "";
        }
    }

    private Detected probe() throws InterruptedException {
        Map<String, String> ttl = Map.of("X-aws-ec2-metadata-token-ttl-seconds", "60");
        MetadataRequest token = new MetadataRequest(MetadataRequest.Method.PUT, aws, "/latest/api/token", ttl, "",
                PROBE_BOUND, true);
        MetadataRequest flavor = MetadataRequest.get(gcp, "/computeMetadata/v1/instance/id",
                Map.of("Metadata-Flavor", "Google"),
                PROBE_BOUND);
        MetadataRequest compute = MetadataRequest.get(azure,
                "/metadata/instance/compute/name?api-version=2021-02-01&format=text",
                Map.of("Metadata", "true"), PROBE_BOUND);
        BlockingQueue<Optional<Cloud>> answers = new LinkedBlockingQueue<>();
        List<Thread> probes = List.of(ask(token, Cloud.AWS, answers, response -> !response.body().isBlank()),
                ask(flavor, Cloud.GCP, answers, response -> response.header("Metadata-Flavor").equals("Google")),
                ask(compute, Cloud.AZURE, answers, response -> !response.body().isBlank()));
        try {
            long end = System.nanoTime() + PROBE_BOUND.toNanos();
            for (int i = 0; i < probes.size(); i++) {
                Optional<Cloud> answer = answers.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (answer != null && answer.isPresent()) {
                    return new Detected(answer.get(), "its metadata server answers");
                }
            }
        } finally {
            probes.forEach(Thread::interrupt);
        }
        return new Detected(Cloud.NONE,
                "firmware says nothing and no metadata server answers within " + PROBE_BOUND.toSeconds() + " s");
    }

    private Thread ask(MetadataRequest request, Cloud cloud, BlockingQueue<Optional<Cloud>> answers,
            Predicate<MetadataAnswer.Response> proof) {
        return Thread.ofVirtual().name("probe-" + cloud.label()).start(() -> {
            try {
                boolean found = transport.ask(request) instanceof MetadataAnswer.Response response
                        && response.status() == 200
                        && proof.test(response);
                answers.add(found ? Optional.of(cloud) : Optional.empty());
            } catch (InterruptedException late) {
                // Another has answered, or the bound has passed.
            }
        });
    }
}
