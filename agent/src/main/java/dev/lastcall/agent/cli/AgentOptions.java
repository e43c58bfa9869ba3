// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.api.ApiSettings;
import dev.lastcall.agent.cli.AgentClient.Reply;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which running agent is meant. */
final class AgentOptions {

    /** In an answer of the agent: done in part, which its message explains. */
    private static final String UNFINISHED = "\"code\":\"unfinished\"";

    @Option(names = "--socket", paramLabel = "PATH", order = 11, description = "The agent's control socket; by default the configured one.")
    private @Nullable Path socket;

    @Option(names = "--api", paramLabel = "URL", order = 12, description = "Over TCP: http://127.0.0.1:9808; sends LASTCALL_API_TOKEN.")
    private @Nullable URI api;

    /**
     * Asks the agent.
     *
     * @throws CommandFailure if it does not answer, or refuses
     */
    String ask(String method, String path, String body, Map<String, String> environment) {
        try {
            return reply(method, path, body, environment);
        } catch (IOException silent) {
            throw new CommandFailure(ExitCode.FAILURE, "no agent answers at " + silent.getMessage()
                    + "; is it running (lastcall run), and may you speak to it (root, or the socket's group)?", silent);
        }
    }

    /**
     * Asks an agent that may not be there.
     *
     * @throws IOException if none answers
     * @throws CommandFailure if it refuses
     */
    String reply(String method, String path, String body, Map<String, String> environment) throws IOException {
        Reply reply = client(environment).ask(method, path, body);
        if (reply.status() >= 300) {
            String message = Messages.of(reply.body(), reply.status());
            throw new CommandFailure(ExitCode.FAILURE,
                    reply.body().contains(UNFINISHED) ? message : "the agent refuses: " + message);
        }
        return reply.body();
    }

    /**
     * Sends the agent a request that it may refuse.
     *
     * @throws CommandFailure if it does not answer
     */
    Decision send(String path, Map<String, String> environment) {
        try {
            Reply reply = client(environment).ask("POST", path, "{}");
            return new Decision(reply.status() < 300, Messages.of(reply.body(), reply.status()));
        } catch (IOException silent) {
            throw new CommandFailure(ExitCode.FAILURE, "no agent answers at " + silent.getMessage(), silent);
        }
    }

    /** Whether the agent accepted the request, and what it says. */
    record Decision(boolean accepted, String message) {}

    private AgentClient client(Map<String, String> environment) {
        if (api != null) {
            if (!"http".equals(api.getScheme()) || api.getHost() == null) {
                throw new CommandFailure(ExitCode.USAGE, "--api must be a URL such as http://127.0.0.1:9808");
            }
            String token = environment.getOrDefault("LASTCALL_API_TOKEN", "");
            return AgentClient.onTcp(api, token.isEmpty() ? null : token);
        }
        return AgentClient.onSocket(socket == null ? configured(environment) : socket);
    }

    /** The configured socket; a configuration that this user cannot read or use is the agent's matter, not this command's. */
    private static Path configured(Map<String, String> environment) {
        return switch (ConfigReader.read(ConfigInputs.of(environment, List.of()))) {
            case ConfigResult.Valid valid -> valid.config().api().socket();
            case ConfigResult.Invalid invalid -> ApiSettings.DEFAULT.socket();
        };
    }
}
