// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.lastcall.agent.config.AgentConfig.CloudChoice;
import dev.lastcall.agent.config.AgentConfig.Readiness;
import dev.lastcall.agent.config.SourceSchema.Source;
import dev.lastcall.agent.models.ModelSettings;
import dev.lastcall.agent.server.kind.ServerDiscovery;
import dev.lastcall.agent.telemetry.LogSettings;
import dev.lastcall.agent.webhook.WebhookSettings;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.cloud.SourceSettings;
import dev.lastcall.metadata.gcp.GcpSettings;

/** The top level. */
final class AgentSchema {

    private static final int MAX_PORT = 65535;
    private static final int MIN_WEBHOOK_TOKEN_LENGTH = 1;
    private static final LogSettings LOG = LogSettings.DEFAULT;

    private AgentSchema() {}

    static AgentConfig read(Section section) {
        CloudChoice cloud = section.value("cloud", ValueType.word(CloudChoice.values()), CloudChoice.AUTO,
                "Whose notices are read; `auto` finds out, and goes on until something answers. A metadata address"
                        + " set under `aws`, `gcp` or `azure` counts as found.");
        Path stateDirectory = section.value("stateDirectory", ValueType.absolutePath(),
                AgentConfig.DEFAULT_STATE_DIRECTORY,
                "Where drain records and the state of a drain under way are kept.");
        NoticesSettings notices = section.section("notices", NoticesSettings::read);
        Duration timeout = notices.requestTimeout();
        AwsSettings aws = section.section("aws", one -> AwsSchema.read(one, timeout));
        GcpSettings gcp = section.section("gcp", one -> GcpSchema.read(one, timeout));
        AzureSettings azure = section.section("azure", one -> AzureSchema.read(one, timeout));
        List<Source> sources = section.sections("sources", one -> SourceSchema.read(one, timeout));
        checkSources(section, sources);
        AgentConfig config = new AgentConfig(cloud, stateDirectory, notices,
                new SourceSettings(aws, gcp, azure,
                        only(sources, Source.Generic.class).map(Source.Generic::settings).toList()),
                only(sources, Source.Relayed.class).map(Source.Relayed::settings).toList(),
                section.section("drain", DrainSchema::read),
                section.section("discovery", AgentSchema::discoveryPorts),
                section.sections("servers", ServerSchema::read),
                section.sections("models", ModelSchema::read),
                section.section("cache", CacheSchema::read),
                section.value("readiness", ValueType.word(Readiness.values()), Readiness.NOTICE,
                        "What makes `/readyz` and `/doorz` answer 503: a final `notice`; with `models` also a model that is not warm."),
                section.section("api", ApiSchema::read),
                section.optionalSection("kubernetes", KubernetesSchema::read),
                section.optionalSection("relay", AgentSchema::relaySocket),
                section.optionalSection("webhook", AgentSchema::webhook),
                section.section("log", AgentSchema::log),
                configuredEndpoints(section),
                section.secretFiles());
        checkNames(section, "server", config.servers().stream().map(ServerSettings::name).toList());
        checkNames(section, "model", config.models().stream().map(ModelSettings::name).toList());
        AddressCheck.run(section, config.api().listen(), config.servers());
        return config;
    }

    private static Set<CloudChoice> configuredEndpoints(Section section) {
        Map<String, CloudChoice> keys = Map.of("aws.endpoints", CloudChoice.AWS, "gcp.endpoint", CloudChoice.GCP,
                "azure.endpoint", CloudChoice.AZURE);
        return section.setAmong(keys.keySet().toArray(String[]::new))
                .stream()
                .map(keys::get)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static List<Integer> discoveryPorts(Section section) {
        return section.values("ports", ValueType.number(1, MAX_PORT), ServerDiscovery.PORTS,
                "Ports of this node that are asked for a server when `servers` is empty; `[]` asks none.");
    }

    private static Path relaySocket(Section section) {
        return section.required("socket", ValueType.absolutePath(), Path.of("/"),
                "A socket in a directory of its own, where gates in pods of this node hear of notices; read-only.");
    }

    private static WebhookSettings webhook(Section section) {
        return new WebhookSettings(
                section.required("url", ValueType.url(), URI.create("http://127.0.0.1/"),
                        "Receives notices, withdrawals and drains as CloudEvents, off the path of the drain."),
                section.secret("token", ValueType.secret(MIN_WEBHOOK_TOKEN_LENGTH), "Sent as a bearer token."));
    }

    private static LogSettings log(Section section) {
        return new LogSettings(
                section.value("format", ValueType.word(LogSettings.Format.values()), LOG.format(),
                        "How an event is written."),
                section.value("level", ValueType.word(LogSettings.Level.values()), LOG.level(),
                        "The least that is written."));
    }

    private static <T> Stream<T> only(List<Source> sources, Class<T> kind) {
        return sources.stream().filter(kind::isInstance).map(kind::cast);
    }

    private static void checkSources(Section section, List<Source> sources) {
        checkNames(section, "source", sources.stream().map(Source::name).toList());
        for (int i = 0; i < sources.size(); i++) {
            if (Names.RESERVED_SOURCES.contains(sources.get(i).name())) {
                section.conflict("sources[" + i + "].name", sources.get(i).name()
                        + " is the name of a built-in source; choose another, such as my-" + sources.get(i).name());
            }
        }
    }

    private static void checkNames(Section section, String what, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            if (!seen.add(names.get(i))) {
                section.conflict(what + "s[" + i + "].name",
                        "there is a " + what + " called " + names.get(i) + " already; names must differ");
            }
        }
    }
}
