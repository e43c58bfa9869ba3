// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.lastcall.agent.config.SourceSchema.Source;
import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.gate.GateSettings;
import dev.lastcall.agent.models.CacheSettings;
import dev.lastcall.agent.models.ModelSettings;
import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.cloud.SourceSettings;
import dev.lastcall.metadata.gcp.GcpSettings;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, checked.
 *
 * @param sources every cloud's, and those that belong to none
 * @param configuredEndpoints the clouds whose metadata address is set, which is evidence of that cloud
 * @param secretFiles the files in which secrets were found
 */
public record AgentConfig(CloudChoice cloud, Path stateDirectory, NoticesConfig notices, SourceSettings sources,
        List<NodeAgentSource> nodeAgents, DrainSettings drain, DiscoveryConfig discovery, List<ServerSettings> servers,
        List<ModelSettings> models, CacheSettings cache, Readiness readiness, ApiConfig api,
        @Nullable KubernetesConfig kubernetes, @Nullable RelayConfig relay, @Nullable WebhookConfig webhook,
        LogConfig log, Set<CloudChoice> configuredEndpoints, Set<Path> secretFiles) {

    /** Where drain records are kept by default. */
    public static final Path DEFAULT_STATE_DIRECTORY = Path.of("/var/lib/lastcall");

    /** What makes {@code /readyz} say no. */
    public enum Readiness {
        /** A final notice. */
        NOTICE,
        /** A final notice, or a model that is not warm. */
        MODELS
    }

    /** Which cloud's notices are read. */
    public enum CloudChoice {
        /** Found out. */
        AUTO,
        /** Amazon Web Services. */
        AWS,
        /** Google Cloud. */
        GCP,
        /** Microsoft Azure. */
        AZURE,
        /** No cloud's. */
        NONE
    }

    public AgentConfig {
        configuredEndpoints = Set.copyOf(configuredEndpoints);
        secretFiles = Set.copyOf(secretFiles);
        nodeAgents = List.copyOf(nodeAgents);
        servers = List.copyOf(servers);
        models = List.copyOf(models);
    }

    static AgentConfig read(Section section) {
        CloudChoice cloud = section.value("cloud", ValueType.word(CloudChoice.values()), CloudChoice.AUTO,
                "Whose notices are read; `auto` finds out, and goes on until something answers. A metadata address"
                        + " set under `aws`, `gcp` or `azure` counts as found.");
        Path stateDirectory = section.value("stateDirectory", ValueType.absolutePath(), DEFAULT_STATE_DIRECTORY,
                "Where drain records and the state of a drain under way are kept.");
        NoticesConfig notices = section.section("notices", NoticesConfig::read);
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
                section.section("discovery", DiscoveryConfig::read),
                section.sections("servers", ServerSchema::read),
                section.sections("models", ModelSchema::read),
                section.section("cache", CacheSchema::read),
                section.value("readiness", ValueType.word(Readiness.values()), Readiness.NOTICE,
                        "What makes `/readyz` and `/doorz` answer 503: a final `notice`; with `models` also a model that is not warm."),
                section.section("api", ApiConfig::read),
                section.optionalSection("kubernetes", KubernetesConfig::read),
                section.optionalSection("relay", RelayConfig::read),
                section.optionalSection("webhook", WebhookConfig::read),
                section.section("log", LogConfig::read),
                configuredEndpoints(section),
                section.secretFiles());
        config.checkNames(section);
        config.checkAddresses(section);
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

    private void checkNames(Section section) {
        checkNames(section, "server", servers.stream().map(ServerSettings::name).toList());
        checkNames(section, "model", models.stream().map(ModelSettings::name).toList());
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

    private void checkAddresses(Section section) {
        Map<String, ListenAddress> taken = new HashMap<>();
        taken.put("api.listen", api.listen());
        for (int i = 0; i < servers.size(); i++) {
            Optional<GateSettings> gate = servers.get(i).gate();
            if (gate.isEmpty()) {
                continue;
            }
            ListenAddress listen = ListenAddress.of(gate.get().listen());
            String key = "servers[" + i + "].gate.listen";
            for (Map.Entry<String, ListenAddress> other : new ArrayList<>(taken.entrySet())) {
                if (listen.collidesWith(other.getValue())) {
                    section.conflict(key, listen + " is taken by " + other.getKey() + "; choose another port");
                }
            }
            taken.put(key, listen);
            if (servers.get(i).url().getScheme().equals("https")) {
                section.conflict("servers[" + i + "].url", "is https, which a gate does not speak to its server; "
                        + "give the server's plain http address, or leave the gate out");
            }
            if (reaches(servers.get(i).url(), listen)) {
                section.conflict(key, listen + " is the server's own address, so the gate would call itself; "
                        + "move the server to another port and clients keep this one");
            }
        }
    }

    private static boolean reaches(URI url, ListenAddress listen) {
        int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
        String host = url.getHost().replace("[", "").replace("]", "");
        boolean bothLoopback = new ListenAddress(host, port).isLoopback() && listen.isLoopback();
        boolean sameHost = host.equals(listen.host()) || listen.isEverywhere() || bothLoopback;
        return port == listen.port() && sameHost;
    }
}
