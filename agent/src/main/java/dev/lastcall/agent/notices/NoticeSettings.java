// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.AwsConfig;
import dev.lastcall.agent.config.AzureConfig;
import dev.lastcall.agent.config.GcpConfig;
import dev.lastcall.agent.config.SourceConfig;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.cloud.SourceSettings;
import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.generic.FileSettings;
import dev.lastcall.metadata.generic.FixedEndSettings;
import dev.lastcall.metadata.generic.NoticeTimeFormat;
import dev.lastcall.metadata.generic.TimeField;
import dev.lastcall.metadata.generic.UrlSettings;
import dev.lastcall.metadata.http.Endpoint;

/** Says in the terms of the sources what the configuration says in the operator's. */
final class NoticeSettings {

    /** A request that the server holds is given up this long after the server should have answered it. */
    private static final Duration HELD_SLACK = Duration.ofSeconds(10);

    private NoticeSettings() {}

    static SourceSettings of(AgentConfig config) {
        Duration timeout = config.notices().requestTimeout();
        List<UrlSettings> urls = new ArrayList<>();
        List<FileSettings> files = new ArrayList<>();
        List<FixedEndSettings> ends = new ArrayList<>();
        for (SourceConfig source : config.sources()) {
            switch (source.from()) {
                case SourceConfig.Url url -> urls.add(url(source, url, timeout));
                case SourceConfig.Known(SourceConfig.Preset preset) -> urls.add(preset(source, preset, timeout));
                case SourceConfig.Appearing(var file) -> files
                        .add(new FileSettings(source.name(), file, source.window(), source.poll()));
                case SourceConfig.NodeAgent _ -> {
                    // No provider's, and not the libraries' to know: NoticeSources starts it.
                }
                case SourceConfig.Fixed fixed -> ends.add(new FixedEndSettings(source.name(),
                        new FixedEndSettings.End.At(fixed.deadline().toInstant()), fixed.lead()));
                case SourceConfig.Aging aging -> ends.add(new FixedEndSettings(source.name(),
                        new FixedEndSettings.End.AtAge(aging.age()), aging.lead()));
            }
        }
        return new SourceSettings(aws(config.aws(), timeout), gcp(config.gcp(), timeout),
                azure(config.azure(), timeout), urls, files, ends);
    }

    private static AwsSettings aws(AwsConfig aws, Duration timeout) {
        return new AwsSettings(aws.endpoints().stream().map(NoticeSettings::endpoint).toList(), timeout,
                aws.tokenTtl(), aws.imdsv1(), aws.poll(), aws.onDemandPoll(), aws.window(),
                new AwsSettings.Rebalance(aws.rebalance().drain(), aws.rebalance().window(), aws.rebalance().poll()),
                new AwsSettings.Maintenance(aws.scheduledEvents().lead(), aws.scheduledEvents().retirementNow(),
                        aws.scheduledEvents().poll()),
                new AwsSettings.ScaleIn(aws.lifecycle().watch(), aws.lifecycle().window(), aws.lifecycle().poll()));
    }

    private static GcpSettings gcp(GcpConfig gcp, Duration timeout) {
        GcpSettings.LifeCap lifeCap = switch (gcp.lifeCap()) {
            case AUTO -> GcpSettings.LifeCap.AUTO;
            case ALWAYS -> GcpSettings.LifeCap.ALWAYS;
            case NEVER -> GcpSettings.LifeCap.NEVER;
        };
        GcpSettings.Hanging hanging = new GcpSettings.Hanging(gcp.waitForChange(),
                gcp.waitForChange().plus(HELD_SLACK), GcpSettings.Hanging.defaults().retry(), gcp.watchdogPoll());
        return new GcpSettings(endpoint(gcp.endpoint()), gcp.preemptionNotice(), hanging, timeout,
                GcpSettings.TERMINATION_NOTICE, gcp.maintenanceLead(), gcp.upcomingPoll(), lifeCap);
    }

    private static AzureSettings azure(AzureConfig azure, Duration timeout) {
        return new AzureSettings(endpoint(azure.endpoint()), azure.poll(), timeout, azure.firstTimeout(),
                azure.window(), azure.maintenanceLead(), Optional.ofNullable(azure.vmName()).orElse(""),
                azure.approve());
    }

    private static UrlSettings url(SourceConfig source, SourceConfig.Url url, Duration timeout) {
        TimeField place = switch (url.time().pointer()) {
            case "none" -> TimeField.NOWHERE;
            case "body" -> TimeField.BODY;
            default -> new TimeField.Pointer(url.time().pointer());
        };
        URI address = url.url();
        String path = (address.getRawPath() == null || address.getRawPath().isEmpty() ? "/" : address.getRawPath())
                + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
        UrlSettings plain = UrlSettings.of(source.name(), endpoint(address), path);
        return new UrlSettings(plain.name(), plain.endpoint(), plain.path(), plain.headers(), plain.token(), place,
                NoticeTimeFormat.USUAL, source.window(), source.poll(), timeout);
    }

    private static UrlSettings preset(SourceConfig source, SourceConfig.Preset preset, Duration timeout) {
        UrlSettings known = switch (preset) {
            case ALIBABA -> UrlSettings.alibaba();
            case TENCENT -> UrlSettings.tencent();
            case ELICE -> UrlSettings.elice();
        };
        return new UrlSettings(source.name(), known.endpoint(), known.path(), known.headers(), known.token(),
                known.timeField(), known.noticeTimeFormat(), known.window(), source.poll(), timeout);
    }

    private static Endpoint endpoint(URI url) {
        return Endpoint.parse(url.toString());
    }
}
