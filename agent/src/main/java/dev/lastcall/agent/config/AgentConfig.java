// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import dev.lastcall.agent.api.ApiSettings;
import dev.lastcall.agent.drain.DrainSettings;
import dev.lastcall.agent.models.CacheSettings;
import dev.lastcall.agent.models.ModelSettings;
import dev.lastcall.agent.telemetry.LogSettings;
import dev.lastcall.agent.webhook.WebhookSettings;
import dev.lastcall.metadata.cloud.SourceSettings;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration, checked.
 *
 * @param sources every cloud's, and those that belong to none
 * @param configuredEndpoints the clouds whose metadata address is set, which is evidence of that cloud
 * @param secretFiles the files in which secrets were found
 */
public record AgentConfig(CloudChoice cloud, Path stateDirectory, NoticesSettings notices, SourceSettings sources,
        List<NodeAgentSource> nodeAgents, DrainSettings drain, List<Integer> discoveryPorts,
        List<ServerSettings> servers,
        List<ModelSettings> models, CacheSettings cache, Readiness readiness, ApiSettings api,
        @Nullable KubernetesSettings kubernetes, @Nullable Path relaySocket, @Nullable WebhookSettings webhook,
        LogSettings log, Set<CloudChoice> configuredEndpoints, Set<Path> secretFiles) {

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
}
