// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.config.AgentConfig.CloudChoice;
import dev.lastcall.agent.config.DrainOutlook;
import dev.lastcall.agent.relay.RelayedNotices;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.cloud.Cloud;
import dev.lastcall.metadata.cloud.CloudDetector;
import dev.lastcall.metadata.cloud.CloudDetector.Detected;
import dev.lastcall.metadata.cloud.Sources;
import dev.lastcall.metadata.http.HedgedTransport;
import dev.lastcall.metadata.http.MetadataTransport;

/**
 * The cloud and its metadata service: which it is, whether each source of notices gets an answer and how fast, and whether the
 * node's calendar agrees with the provider's. The sources are the agent's own, and each looks once.
 */
final class MetadataChecks {

    /** The first look of a source: a token and a path, each within its bound, and a pause to spare. */
    private static final Duration LOOK_BOUND = Duration.ofSeconds(7);

    /** From here on something does not keep the node's calendar. A date has whole seconds. */
    private static final Duration SKEW = Duration.ofSeconds(5);

    private static final String HOP_LIMIT = "; where the node gets an answer and a container none: aws ec2 "
            + "modify-instance-metadata-options --http-put-response-hop-limit 2 --instance-id ID";

    private final Surroundings node;
    private final MetadataTransport transport;

    MetadataChecks(Surroundings node, MetadataTransport transport) {
        this.node = node;
        this.transport = transport;
    }

    DoctorCheck check() {
        return new DoctorCheck(FindingArea.METADATA, "cloud", "lastcall status", this::look);
    }

    private List<NodeFinding> look() throws InterruptedException {
        List<NodeFinding> findings = new ArrayList<>();
        Cloud cloud = cloud(findings);
        DatedTransport dated = new DatedTransport(transport);
        Sources library = new Sources(new HedgedTransport(dated, node.clock()), node.clock(), new Random(),
                node.root());
        List<NoticeSource> sources = new ArrayList<>(library.forCloud(cloud, node.config().sources()).all());
        node.config()
                .nodeAgents()
                .forEach(relay -> sources.add(new RelayedNotices(relay.name(), relay.socket(), node.clock())));
        if (sources.isEmpty()) {
            findings.add(NodeFinding.fail(FindingArea.METADATA, "sources", "none is watched, so no notice can be seen",
                    ConditionCode.NO_SOURCE.remedy()));
        }
        findings.addAll(looks(sources, cloud));
        schedule(cloud, findings);
        dated.ahead().ifPresent(ahead -> findings.add(clock(ahead)));
        return findings;
    }

    private Cloud cloud(List<NodeFinding> findings) throws InterruptedException {
        CloudChoice choice = node.config().cloud();
        Cloud configured = switch (choice) {
            case AWS -> Cloud.AWS;
            case GCP -> Cloud.GCP;
            case AZURE -> Cloud.AZURE;
            case NONE, AUTO -> Cloud.NONE;
        };
        if (choice != CloudChoice.AUTO) {
            findings.add(NodeFinding.ok(FindingArea.METADATA, "cloud", "is " + configured.label() + ", as configured"));
            return configured;
        }
        Detected found = new CloudDetector(transport, node.root(), node.config().sources()).detect();
        findings.add(found.cloud() == Cloud.NONE
                ? NodeFinding.warn(FindingArea.METADATA, "cloud", "is not known: " + found.evidence(),
                        ConditionCode.CLOUD_UNKNOWN.remedy())
                : NodeFinding.ok(FindingArea.METADATA, "cloud",
                        "is " + found.cloud().label() + ": " + found.evidence()));
        return found.cloud();
    }

    private record FirstLook(NoticeSource source, long began, CompletableFuture<Seen> seen) {}

    private record Seen(Observation observation, long at) {}

    /** All look at once; each is closed again. */
    private List<NodeFinding> looks(List<NoticeSource> sources, Cloud cloud) throws InterruptedException {
        List<FirstLook> looks = new ArrayList<>();
        List<NodeFinding> findings = new ArrayList<>();
        try {
            for (NoticeSource source : sources) {
                FirstLook look = new FirstLook(source, System.nanoTime(), new CompletableFuture<>());
                looks.add(look);
                source.start((_, observation) -> look.seen().complete(new Seen(observation, System.nanoTime())));
            }
            for (FirstLook look : looks) {
                add(findings, finding(look, cloud));
            }
        } finally {
            looks.forEach(look -> look.source().close());
        }
        return findings;
    }

    /** What all sources of a cloud suffer from is one line, as bad as for the worst off. */
    private static void add(List<NodeFinding> findings, NodeFinding finding) {
        for (int i = 0; i < findings.size(); i++) {
            NodeFinding other = findings.get(i);
            if (other.level() != FindingLevel.OK && other.sentence().equals(finding.sentence())) {
                boolean worse = finding.level().compareTo(other.level()) < 0;
                findings.set(i, new NodeFinding(FindingArea.METADATA, other.subject() + ", " + finding.subject(),
                        worse ? finding.level() : other.level(), other.sentence(), other.remedy()));
                return;
            }
        }
        findings.add(finding);
    }

    private NodeFinding finding(FirstLook look, Cloud cloud) throws InterruptedException {
        String name = look.source().name();
        try {
            long left = look.began() + LOOK_BOUND.toNanos() - System.nanoTime();
            Seen seen = look.seen().get(Math.max(0, left), TimeUnit.NANOSECONDS);
            String took = (seen.at() - look.began()) / 1_000_000 + " ms";
            return switch (seen.observation()) {
                case Observation.Absent _ ->
                    NodeFinding.ok(FindingArea.METADATA, name, "answers in " + took + ": no notice");
                case Observation.Present(var notices) -> NodeFinding.warn(FindingArea.METADATA, name,
                        "answers in " + took + ", and has a notice: " + notices.getFirst().description(),
                        "lastcall status");
                case Observation.Unknown(MetadataProblem problem) -> blind(look, problem, cloud);
            };
        } catch (TimeoutException late) {
            return blind(look, new MetadataProblem(MetadataProblem.Kind.TIMEOUT,
                    "no answer within " + LOOK_BOUND.toSeconds() + " s"), cloud);
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }

    private NodeFinding blind(FirstLook look, MetadataProblem problem, Cloud cloud) {
        FindingLevel level = look.source().role() == NoticeSource.Role.DECISIVE ? FindingLevel.FAIL : FindingLevel.WARN;
        return new NodeFinding(FindingArea.METADATA, look.source().name(), level, "sees nothing: " + problem.message(),
                look.source().name().startsWith(cloud.label() + "-")
                        ? question(cloud, problem.kind())
                        : "lastcall status");
    }

    /** What a person types to ask the same. */
    private String question(Cloud cloud, MetadataProblem.Kind kind) {
        return switch (cloud) {
            case AWS -> "curl -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "
                    + node.config().sources().aws().endpoints().getFirst() + "/latest/api/token"
                    + (kind == MetadataProblem.Kind.TIMEOUT ? HOP_LIMIT : "");
            case GCP -> "curl -m 2 -H 'Metadata-Flavor: Google' " + node.config().sources().gcp().endpoint()
                    + "/computeMetadata/v1/instance/preempted; GKE hides it from pods without hostNetwork: true";
            case AZURE -> "curl -m 2 -H 'Metadata: true' '" + node.config().sources().azure().endpoint()
                    + "/metadata/scheduledevents?api-version=2020-07-01'";
            case NONE -> "lastcall status";
        };
    }

    private void schedule(Cloud cloud, List<NodeFinding> findings) {
        DrainOutlook outlook = cloud == Cloud.NONE
                ? DrainOutlook.of(node.config())
                : DrainOutlook.of(node.config(), CloudChoice.valueOf(cloud.name()));
        outlook.schedule().forEach(line -> findings.add(NodeFinding.ok(FindingArea.SCHEDULE, "next notice", line)));
        outlook.warnings()
                .forEach(line -> findings
                        .add(NodeFinding.warn(FindingArea.SCHEDULE, "next notice", line, "lastcall config check")));
    }

    static NodeFinding clock(Duration ahead) {
        String service = " the metadata service";
        return ahead.abs().compareTo(SKEW) < 0
                ? NodeFinding.ok(FindingArea.CLOCK, "calendar",
                        "agrees with" + service + " to " + SKEW.toSeconds() + " s")
                : NodeFinding.warn(FindingArea.CLOCK, "calendar", "is " + ahead.abs().toSeconds() + " s "
                        + (ahead.isNegative() ? "behind" : "ahead of") + service
                        + "; no drain depends on it, but stores refuse signatures of a wrong time",
                        "timedatectl set-ntp true, or: chronyc makestep");
    }
}
