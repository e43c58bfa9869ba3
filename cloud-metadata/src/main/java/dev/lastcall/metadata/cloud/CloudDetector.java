// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import dev.lastcall.metadata.ProviderText;
import dev.lastcall.metadata.http.Endpoint;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataRequest;
import dev.lastcall.metadata.http.MetadataTransport;

/**
 * Finds out which cloud this machine is in: by what its firmware says (DMI), and where that names no cloud, by asking the three
 * metadata servers at once. A firmware that says nothing, or names a maker of no cloud, is no answer: sandboxes hide the tables,
 * and clouds run on machines of any maker.
 *
 * <p>One attempt may come too early: a metadata server can be up minutes after the agent. So what is not found is asked for again
 * by the caller, for as long as it wants to know. Thread-safe.
 */
public final class CloudDetector {

    /** Bound on the probe as a whole; a link-local server that is there answers within milliseconds. */
    public static final Duration PROBE_BOUND = Duration.ofSeconds(1);

    /** Where Linux shows the firmware's tables. */
    private static final String DMI = "sys/class/dmi/id";

    /** The asset tag of every Azure VM ("How to detect whether a VM runs on Azure", Azure documentation). */
    private static final String AZURE_ASSET_TAG = "7783-7084-3265-9085-8269-3286-77";

    private static final int MAX_DMI_BYTES = 256;

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9+/=_.-]{1,1024}");
    private static final Pattern VM_NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private final MetadataTransport transport;
    private final Path root;
    private final List<Endpoint> aws;
    private final Endpoint gcp;
    private final Endpoint azure;

    /** A detector that reads DMI under {@code root} and probes the clouds' own addresses. */
    public CloudDetector(MetadataTransport transport, Path root) {
        this(transport, root, SourceSettings.defaults());
    }

    /** A detector that probes where {@code settings} say that the metadata servers are. */
    public CloudDetector(MetadataTransport transport, Path root, SourceSettings settings) {
        this.transport = transport;
        this.root = root;
        this.aws = settings.aws().endpoints();
        this.gcp = settings.gcp().endpoint();
        this.azure = settings.azure().endpoint();
    }

    /**
     * What was found.
     *
     * @param cloud the cloud, or {@link Cloud#NONE}
     * @param evidence what says so, for people
     */
    public record Detected(Cloud cloud, String evidence) {}

    /**
     * Makes one attempt to find out. Blocks the calling thread for no longer than {@link #PROBE_BOUND} and a file or two.
     *
     * @return {@link Cloud#NONE} where nothing names a cloud by now
     */
    public Detected detect() throws InterruptedException {
        Detected firmware = firmware();
        return firmware.cloud() != Cloud.NONE ? firmware : probe(firmware.evidence());
    }

    /** What the firmware alone says, without a packet sent; {@link Cloud#NONE} where it names no cloud. */
    public Detected firmware() {
        String vendor = dmi("sys_vendor");
        String product = dmi("product_name");
        String firmware = vendor.isEmpty() && product.isEmpty()
                ? "firmware says nothing"
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
        return new Detected(Cloud.NONE, firmware);
    }

    private String dmi(String name) {
        try (InputStream in = Files.newInputStream(root.resolve(DMI).resolve(name))) {
            return ProviderText.printable(new String(in.readNBytes(MAX_DMI_BYTES), StandardCharsets.UTF_8).strip(),
                    MAX_DMI_BYTES);
        } catch (IOException unreadable) {
            return "";
        }
    }

    private Detected probe(String firmware) throws InterruptedException {
        Map<String, String> ttl = Map.of("X-aws-ec2-metadata-token-ttl-seconds", "60");
        MetadataRequest flavor = MetadataRequest.get(gcp, "/computeMetadata/v1/instance/id",
                Map.of("Metadata-Flavor", "Google"),
                PROBE_BOUND);
        MetadataRequest compute = MetadataRequest.get(azure,
                "/metadata/instance/compute/name?api-version=2021-02-01&format=text",
                Map.of("Metadata", "true"), PROBE_BOUND);
        BlockingQueue<Optional<Cloud>> answers = new LinkedBlockingQueue<>();
        List<Thread> probes = new ArrayList<>();
        for (Endpoint endpoint : aws) {
            MetadataRequest token = new MetadataRequest(MetadataRequest.Method.PUT, endpoint, "/latest/api/token", ttl,
                    "",
                    PROBE_BOUND, true);
            probes.add(ask(token, Cloud.AWS, answers, response -> isOneOf(TOKEN, response)));
        }
        probes.add(ask(flavor, Cloud.GCP, answers, response -> response.header("Metadata-Flavor").equals("Google")));
        probes.add(ask(compute, Cloud.AZURE, answers, response -> isOneOf(VM_NAME, response)));
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
                firmware + ", and no metadata server answers within " + PROBE_BOUND.toSeconds() + " s");
    }

    /** Whatever else answers there, a captive portal say, does not look like this. */
    private static boolean isOneOf(Pattern pattern, MetadataAnswer.Response response) {
        return pattern.matcher(response.body().strip()).matches();
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
