// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.http.Explainer;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.poll.Poll;
import dev.lastcall.metadata.time.BootTime;
import org.jspecify.annotations.Nullable;

/**
 * Knows beforehand that a preemptible VM is stopped at the age of 24 hours. Whether this is one is asked of the metadata server
 * until it has said so once; a Spot VM, which is preemptible too and has no such cap, is recognised by its provisioning model.
 */
final class LifeCapPoll implements Poll {

    /** The longest life of a preemptible VM ("Preemptible VM instances", Compute Engine). */
    static final Duration CAP = Duration.ofHours(24);

    private static final Duration SAME = Duration.ofSeconds(1);

    private static final String PREEMPTIBLE = "instance/scheduling/preemptible";
    private static final String PROVISIONING_MODEL = "instance/scheduling/provisioning-model";

    private final NoticeKey key;
    private final GceServer server;
    private final GcpSettings.LifeCap policy;
    private final Duration lead;
    private final Path root;
    private final NodeClock clock;
    private @Nullable Boolean capped;
    private @Nullable Deadline known;

    LifeCapPoll(String source, GceServer server, GcpSettings.LifeCap policy, Duration lead, Path root,
            NodeClock clock) {
        this.key = NoticeKey.of(source, NoticeKind.END_OF_LIFE);
        this.server = server;
        this.policy = policy;
        this.lead = lead;
        this.root = root;
        this.clock = clock;
    }

    @Override
    public Observation look() throws InterruptedException {
        Boolean answered = policy == GcpSettings.LifeCap.ALWAYS ? Boolean.TRUE : capped;
        Observation seen = answered == null ? ask() : answered ? capped() : Observation.ABSENT;
        if (!(seen instanceof Observation.Unknown)) {
            capped = seen instanceof Observation.Present;
        }
        return seen;
    }

    private Observation ask() throws InterruptedException {
        MetadataAnswer preemptible = server.get(PREEMPTIBLE);
        if (!(preemptible instanceof MetadataAnswer.Response response) || response.status() != 200) {
            return new Observation.Unknown(server.explain(PREEMPTIBLE, preemptible));
        }
        if (response.body().strip().equals("FALSE")) {
            return Observation.ABSENT;
        }
        if (!response.body().strip().equals("TRUE")) {
            return new Observation.Unknown(new MetadataProblem(MetadataProblem.Kind.MALFORMED,
                    "GET " + PREEMPTIBLE + ": neither TRUE nor FALSE:" + Explainer.quote(response.body())));
        }
        MetadataAnswer model = server.get(PROVISIONING_MODEL);
        return switch (model) {
            case MetadataAnswer.Failed failed -> new Observation.Unknown(failed.problem());
            case MetadataAnswer.Response said -> switch (said.status()) {
                case 200 -> said.body().strip().equalsIgnoreCase("SPOT") ? Observation.ABSENT : capped();
                // Older servers lack the key. Most preemptible VMs of today are Spot, so this one is not said to have the cap.
                case 404 -> Observation.ABSENT;
                default -> new Observation.Unknown(server.explain(PROVISIONING_MODEL, said));
            };
        };
    }

    private Observation capped() {
        OptionalLong boot = BootTime.nanos(root, clock);
        if (boot.isEmpty()) {
            return new Observation.Unknown(
                    new MetadataProblem(MetadataProblem.Kind.UNREACHABLE,
                            "proc/uptime under " + root + " cannot be read"));
        }
        // Time in which the machine was suspended counts as well. Hundredths of a second, the kernel's unit, do not.
        Deadline calculated = new Deadline(boot.getAsLong() + CAP.toNanos());
        Deadline before = known;
        Deadline deadline = before == null || calculated.isBefore(before.minus(SAME)) ? calculated : before;
        known = deadline;
        Finality finality = deadline.hasPassed(clock) ? Finality.ADVISORY : new Finality.FinalBefore(lead);
        return Observation.of(List
                .of(new Notice(key, finality, deadline, "Compute Engine stops a preemptible VM at the age of 24 h")));
    }
}
