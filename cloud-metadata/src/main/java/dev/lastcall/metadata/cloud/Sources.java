// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.lastcall.metadata.EventApproval;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.aws.AwsSources;
import dev.lastcall.metadata.azure.AzureEvents;
import dev.lastcall.metadata.gcp.GcpSources;
import dev.lastcall.metadata.generic.FileNotice;
import dev.lastcall.metadata.generic.FileSettings;
import dev.lastcall.metadata.generic.FixedEnd;
import dev.lastcall.metadata.generic.FixedEndSettings;
import dev.lastcall.metadata.generic.GenericSettings;
import dev.lastcall.metadata.generic.UrlNotice;
import dev.lastcall.metadata.generic.UrlSettings;
import dev.lastcall.metadata.http.MetadataTransport;

/** Makes the sources of a node. */
public final class Sources {

    private final MetadataTransport transport;
    private final NodeClock clock;
    private final RandomGenerator random;
    private final Path root;

    /**
     * A maker.
     *
     * @param random for jitter; thread-safe
     * @param root the file system's root
     */
    public Sources(MetadataTransport transport, NodeClock clock, RandomGenerator random, Path root) {
        this.transport = transport;
        this.clock = clock;
        this.random = random;
        this.root = root;
    }

    /**
     * The sources of {@code cloud} and the configured generic ones, not yet started.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    public NodeSources forCloud(Cloud cloud, SourceSettings settings) {
        NodeSources own = ofCloud(cloud, settings);
        List<NoticeSource> sources = new ArrayList<>(own.all());
        sources.addAll(configured(settings));
        Set<String> names = new HashSet<>();
        for (NoticeSource source : sources) {
            if (!names.add(source.name())) {
                throw new IllegalArgumentException("two sources are named '" + source.name() + "'");
            }
        }
        return new NodeSources(cloud, sources, own.instance(), own.approval());
    }

    /** The sources of {@code cloud} alone, not yet started. */
    public NodeSources ofCloud(Cloud cloud, SourceSettings settings) {
        return switch (cloud) {
            case AWS -> aws(settings);
            case GCP -> new NodeSources(cloud, new GcpSources(settings.gcp(), transport, clock, random, root).sources(),
                    Map::of, EventApproval.NONE);
            case AZURE -> azure(settings);
            case NONE -> NodeSources.NONE;
        };
    }

    /** The configured generic sources alone, which belong to no cloud, not yet started. */
    public List<NoticeSource> configured(SourceSettings settings) {
        return settings.generic().stream().map(this::generic).toList();
    }

    private NoticeSource generic(GenericSettings settings) {
        return switch (settings) {
            case UrlSettings url -> UrlNotice.source(url, transport, clock, random);
            case FileSettings file -> FileNotice.source(file, clock, random);
            case FixedEndSettings end -> FixedEnd.source(end, root, clock, random);
        };
    }

    private NodeSources aws(SourceSettings settings) {
        AwsSources aws = new AwsSources(settings.aws(), transport, clock, random);
        return new NodeSources(Cloud.AWS, aws.sources(), () -> aws.facts().byName(), EventApproval.NONE);
    }

    private NodeSources azure(SourceSettings settings) {
        AzureEvents events = new AzureEvents(settings.azure(), transport, clock, random);
        return new NodeSources(Cloud.AZURE, List.of(events), Map::of, events);
    }
}
