// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.http.TokenContract;
import dev.lastcall.metadata.http.TokenServer;
import dev.lastcall.metadata.poll.NoticeReader;
import dev.lastcall.metadata.poll.PathPoll;
import dev.lastcall.metadata.poll.Poll;
import dev.lastcall.metadata.poll.PollSchedule;
import dev.lastcall.metadata.poll.PollingSource;

/** The sources of an EC2 instance, over one token. */
public final class AwsSources {

    static final String META_DATA = "/latest/meta-data/";

    private static final String TOKEN_PATH = "/latest/api/token";
    private static final String TTL_HEADER = "X-aws-ec2-metadata-token-ttl-seconds";
    private static final String TOKEN_HEADER = "X-aws-ec2-metadata-token";

    /** The older path is read beside the newer one, and as often as AWS recommends. */
    private static final Duration TERMINATION_POLL = Duration.ofSeconds(5);

    private final NodeClock clock;
    private final RandomGenerator random;
    private final TokenServer server;
    private final InstanceFactsReader facts;
    private final List<NoticeSource> sources = new ArrayList<>();

    /** The sources that {@code settings} ask for, not yet started. */
    public AwsSources(AwsSettings settings, MetadataTransport transport, NodeClock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
        this.server = new TokenServer(transport, settings.endpoints(),
                new TokenContract(TOKEN_PATH, TTL_HEADER, TOKEN_HEADER, settings.tokenTtl(), settings.allowImdsV1()),
                new ImdsExplainer(),
                settings.timeout(), clock);
        this.facts = new InstanceFactsReader(server, clock);

        Supplier<Duration> pace = () -> facts.facts().mayBeSpot() ? settings.spotPoll() : settings.otherPoll();
        String spot = "aws-spot";
        Poll spotLook = look("spot/instance-action", new SpotActionReader(spot, settings.spotWindow()));
        add(spot, NoticeSource.Role.DECISIVE, () -> {
            Observation seen = spotLook.look();
            facts.learnAside();
            return seen;
        }, pace);
        String termination = "aws-termination-time";
        Supplier<Duration> slowerPace = () -> longer(pace.get(), TERMINATION_POLL);
        add(termination, NoticeSource.Role.DECISIVE,
                look("spot/termination-time", new TerminationTimeReader(termination, settings.spotWindow())),
                slowerPace);
        String rebalance = "aws-rebalance";
        add(rebalance, NoticeSource.Role.SUPPORTING,
                look("events/recommendations/rebalance", new RebalanceReader(rebalance, settings.rebalance())),
                settings.rebalance()::poll);
        String maintenance = "aws-maintenance";
        add(maintenance, NoticeSource.Role.SUPPORTING, look("events/maintenance/scheduled",
                new ScheduledEventsReader(maintenance, settings.maintenance(), settings.spotWindow())),
                settings.maintenance()::poll);
        if (settings.scaleIn().enabled()) {
            String asg = "aws-asg";
            add(asg, NoticeSource.Role.SUPPORTING, look("autoscaling/target-lifecycle-state",
                    new LifecycleStateReader(asg, settings.scaleIn().window())),
                    settings.scaleIn()::poll);
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private Poll look(String key, NoticeReader reader) {
        String path = META_DATA + key;
        return new PathPoll(() -> server.get(path, Map.of()), answer -> server.explain(path, answer), reader);
    }

    private void add(String name, NoticeSource.Role role, Poll poll, Supplier<Duration> interval) {
        sources.add(new PollingSource(name, role, poll, new PollSchedule(interval, random), clock));
    }

    /** The sources. */
    public List<NoticeSource> sources() {
        return List.copyOf(sources);
    }

    /** What is known of the instance by now. */
    public InstanceFacts facts() {
        return facts.facts();
    }
}
