// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import dev.lastcall.agent.kubernetes.signal.NodeSignals;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.aws.Ec2Events;
import dev.lastcall.metadata.cloud.Cloud;
import dev.lastcall.metadata.cloud.SourceSettings;
import dev.lastcall.metadata.cloud.Sources;
import dev.lastcall.metadata.generic.ManualNotice;
import dev.lastcall.metadata.http.MetadataTransport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReservedSourceNamesTest {

    /** The list is a copy: this holds it to the library's own names. */
    @Test
    void areThoseOfEveryBuiltInSource() {
        MetadataTransport silent = request -> {
            throw new AssertionError("nothing is asked");
        };
        SourceSettings defaults = SourceSettings.defaults();
        AwsSettings aws = defaults.aws();
        SourceSettings all = new SourceSettings(
                new AwsSettings(aws.endpoints(), aws.timeout(), aws.tokenTtl(), aws.allowImdsV1(), aws.spotPoll(),
                        aws.otherPoll(), aws.spotWindow(), aws.rebalance(), aws.maintenance(),
                        new AwsSettings.ScaleIn(true, Duration.ofMinutes(1), Duration.ofSeconds(1))),
                defaults.gcp(), defaults.azure(), List.of());
        Set<String> names = new TreeSet<>();
        NodeClock clock = NodeClock.system();
        Sources sources = new Sources(silent, clock, new Random(), Path.of("/"));
        Arrays.stream(Cloud.values())
                .flatMap(cloud -> sources.forCloud(cloud, all).all().stream())
                .map(NoticeSource::name)
                .forEach(names::add);
        NoticeEvent.Listener named = event -> {
            if (event instanceof NoticeEvent.Noticed noticed) {
                names.add(noticed.reclamation().notice().key().source());
            }
        };
        ManualNotice.operator(new NoticeBoard(clock, List.of(named)), clock).raise(Duration.ofMinutes(1), "");
        ManualNotice.shutdown(new NoticeBoard(clock, List.of(named)), clock).raise(Duration.ofMinutes(1), "");
        names.add(NodeSignals.NAME);
        names.add(Ec2Events.SOURCE);

        assertThat(names).containsExactlyInAnyOrderElementsOf(Names.RESERVED_SOURCES);
    }
}
