// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.gcp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.poll.PathPoll;
import dev.lastcall.metadata.poll.Poll;
import dev.lastcall.metadata.poll.PollSchedule;
import dev.lastcall.metadata.poll.PollingSource;

/** The sources of a Compute Engine VM. */
public final class GcpSources {

    private static final Duration LIFE_CAP_POLL = Duration.ofMinutes(1);

    private final List<NoticeSource> sources = new ArrayList<>();

    /**
     * The sources that {@code settings} ask for, not yet started.
     *
     * @param root the file system's root, where {@code proc/uptime} is
     */
    public GcpSources(GcpSettings settings, MetadataTransport transport, NodeClock clock, RandomGenerator random,
            Path root) {
        GceServer server = new GceServer(transport, settings.endpoint(), settings.timeout());
        String preempted = "gcp-preempted";
        sources.add(new KeyWatcher(preempted, NoticeSource.Role.DECISIVE, "instance/preempted", server, false,
                new PreemptedReader(preempted, settings.preemptionNotice()), settings.hanging(), clock, random));
        String maintenance = "gcp-maintenance";
        sources.add(
                new KeyWatcher(maintenance, NoticeSource.Role.SUPPORTING, "instance/maintenance-event", server, true,
                        new MaintenanceEventReader(maintenance, settings.terminationNotice(),
                                settings.maintenanceLead()),
                        settings.hanging(), clock,
                        random));
        String upcoming = "gcp-upcoming-maintenance";
        String key = "instance/upcoming-maintenance?alt=json";
        Poll poll = new PathPoll(() -> server.get(key), answer -> server.explain(key, answer),
                new UpcomingMaintenanceReader(upcoming, settings.maintenanceLead()));
        sources.add(new PollingSource(upcoming, NoticeSource.Role.SUPPORTING, poll,
                new PollSchedule(settings::upcomingPoll, random), clock));
        if (settings.lifeCap() != GcpSettings.LifeCap.NEVER) {
            String lifeCap = "gcp-life-cap";
            sources.add(new PollingSource(lifeCap, NoticeSource.Role.SUPPORTING,
                    new LifeCapPoll(lifeCap, server, settings.lifeCap(), settings.maintenanceLead(), root, clock),
                    new PollSchedule(() -> LIFE_CAP_POLL, random), clock));
        }
    }

    /** The sources. */
    public List<NoticeSource> sources() {
        return List.copyOf(sources);
    }
}
