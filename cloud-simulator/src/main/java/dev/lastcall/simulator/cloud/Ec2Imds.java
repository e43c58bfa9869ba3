// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.ScriptTimeFormat;
import dev.lastcall.simulator.script.SimulatedCloud;
import dev.lastcall.simulator.script.Value;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * The instance metadata service of AWS. Contract: EC2 User Guide, "Use the Instance Metadata Service to access instance
 * metadata" and "Retrieve instance metadata".
 */
public final class Ec2Imds implements MetadataApi {

    /** EC2 User Guide: a token lives one second at least, six hours at most. */
    private static final int MAX_TTL_SECONDS = 21_600;
    private static final String TTL = "X-aws-ec2-metadata-token-ttl-seconds";
    private static final String TOKEN = "X-aws-ec2-metadata-token";
    private static final Pattern VERSIONED = Pattern.compile("/+(latest|1\\.0|20\\d\\d-\\d\\d-\\d\\d)(?:/+(.*))?");
    private static final String VERSIONS = "1.0\n2021-03-23\n2024-04-11\nlatest";

    private final SimulatedCloud.Aws options;
    private final MetadataTree tree;
    private final AwsTokens tokens;

    public Ec2Imds(SimulatedCloud.Aws options, MetadataTree tree, AwsTokens tokens) {
        this.options = options;
        this.tree = tree;
        this.tokens = tokens;
    }

    @Override
    public Reply handle(Request request, List<Effect> effects) {
        if (options.tokens() == SimulatedCloud.Aws.Tokens.OFF) {
            return error(403);
        }
        Matcher versioned = VERSIONED.matcher(request.path());
        boolean known = versioned.matches();
        String rest = known ? Optional.ofNullable(versioned.group(2)).orElse("").replaceAll("/+$", "") : "";
        if (request.method().equals("PUT")) {
            return known && rest.equals("api/token") ? token(request, versioned.group(1), effects) : error(405);
        }
        if (!request.isRead()) {
            return error(405);
        }
        Optional<String> token = request.header(TOKEN);
        if (token.map(given -> !tokens.isValid(given))
                .orElse(options.tokens() == SimulatedCloud.Aws.Tokens.REQUIRED)) {
            return error(401);
        }
        if (request.path().equals("/")) {
            return text(VERSIONS);
        }
        return known ? read(rest) : error(404);
    }

    private Reply token(Request request, String version, List<Effect> effects) {
        if (!version.equals("latest") || request.header("X-Forwarded-For").isPresent()) {
            return error(403);
        }
        Optional<Integer> asked = request.header(TTL).flatMap(Ec2Imds::seconds);
        if (asked.isEmpty()) {
            return error(400);
        }
        Duration ttl = Duration.ofSeconds(asked.get());
        for (Effect effect : effects) {
            if (effect instanceof Effect.TokenTtl shorter && shorter.ttl().compareTo(ttl) < 0) {
                ttl = shorter.ttl();
            }
        }
        return text(tokens.issue(ttl)).with(TTL, Long.toString(Math.max(1, ttl.toSeconds())));
    }

    private static Optional<Integer> seconds(String text) {
        if (!text.matches("\\d{1,5}")) {
            return Optional.empty();
        }
        int seconds = Integer.parseInt(text);
        return seconds >= 1 && seconds <= MAX_TTL_SECONDS ? Optional.of(seconds) : Optional.empty();
    }

    private Reply read(String path) {
        Optional<String> value = path.equals("meta-data") ? Optional.empty() : tree.text(keyOf(path));
        return value.<Reply>map(Ec2Imds::text)
                .orElseGet(() -> listing(path).<Reply>map(Ec2Imds::text)
                        .orElseGet(() -> error(404)));
    }

    /** Keys below {@code meta-data/} go without that name, as people speak of them. */
    private static String keyOf(String path) {
        return path.startsWith("meta-data/") ? path.substring("meta-data/".length()) : path;
    }

    private Optional<String> listing(String directory) {
        if (directory.isEmpty()) {
            return Optional.of(tree.value("user-data").isPresent()
                    ? "dynamic\nmeta-data\nuser-data"
                    : "dynamic\nmeta-data");
        }
        boolean root = directory.equals("meta-data");
        SortedMap<String, String> below = tree.below(root ? "" : keyOf(directory));
        TreeSet<String> names = new TreeSet<>();
        for (String name : below.keySet()) {
            if (!root || !(name.startsWith("dynamic/") || name.equals("user-data"))) {
                int slash = name.indexOf('/');
                names.add(slash < 0 ? name : name.substring(0, slash + 1));
            }
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", names));
    }

    private static Reply.Answer text(String body) {
        return new Reply.Answer(200, Map.of("Content-Type", "text/plain", "Server", "EC2ws"), body);
    }

    @Override
    public Reply.Answer error(int status) {
        String title = status + " - " + HttpResponseStatus.valueOf(status).reasonPhrase();
        return new Reply.Answer(status, Map.of("Content-Type", "text/html", "Server", "EC2ws"), """
                <?xml version="1.0" encoding="iso-8859-1"?>
                <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
                \t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
                <html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
                 <head>
                  <title>%s</title>
                 </head>
                 <body>
                  <h1>%s</h1>
                 </body>
                </html>
                """.formatted(title, title));
    }

    /** How EC2 writes what a script leaves open. */
    public static final class Words implements MetadataTree.Spelling {
        @Override
        public ScriptTimeFormat timeFormat(String key) {
            return key.startsWith("events/maintenance/") ? ScriptTimeFormat.EC2_EVENT : ScriptTimeFormat.ISO;
        }

        @Override
        public String truth(boolean value) {
            return Boolean.toString(value);
        }
    }

    /** A spot instance with a GPU. */
    public static Map<String, Value> facts() {
        Map<String, Value> facts = new LinkedHashMap<>();
        facts.put("ami-id", new Value.Text("ami-0abcdef1234567890"));
        facts.put("hostname", new Value.Text("ip-10-0-0-12.ec2.internal"));
        facts.put("instance-id", new Value.Text("i-0123456789abcdef0"));
        facts.put("instance-type", new Value.Text("g6e.2xlarge"));
        facts.put("instance-life-cycle", new Value.Text("spot"));
        facts.put("local-hostname", new Value.Text("ip-10-0-0-12.ec2.internal"));
        facts.put("local-ipv4", new Value.Text("10.0.0.12"));
        facts.put("mac", new Value.Text("02:00:00:00:00:0c"));
        facts.put("placement/availability-zone", new Value.Text("us-east-1a"));
        facts.put("placement/availability-zone-id", new Value.Text("use1-az1"));
        facts.put("placement/region", new Value.Text("us-east-1"));
        facts.put("services/domain", new Value.Text("amazonaws.com"));
        facts.put("services/partition", new Value.Text("aws"));
        facts.put("events/maintenance/scheduled", Value.items());
        facts.put("events/maintenance/history", Value.items());
        facts.put("dynamic/instance-identity/document",
                Value.fields("accountId", "123456789012", "architecture", "x86_64", "availabilityZone", "us-east-1a",
                        "imageId", "ami-0abcdef1234567890", "instanceId", "i-0123456789abcdef0", "instanceType",
                        "g6e.2xlarge", "pendingTime", "in 0s", "privateIp", "10.0.0.12", "region", "us-east-1",
                        "version", "2017-09-30"));
        return facts;
    }
}
