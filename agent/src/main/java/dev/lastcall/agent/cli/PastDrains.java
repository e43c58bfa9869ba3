// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.status.view.StatusDocument;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Past drains, of the running agent and of the records in its state directory: either is enough. The agent has those since its
 * start, the records those of earlier agents too, for who may read them.
 */
public final class PastDrains {

    /** Reads the records in a state directory, newest first. */
    @FunctionalInterface
    public interface Records {
        /** @throws IOException if they are there and cannot be read */
        List<DrainView> read(Path stateDirectory) throws IOException;
    }

    @Option(names = "--state-directory", paramLabel = "PATH", order = 10, description = "Where the records are.")
    private @Nullable Path stateDirectory;

    @Mixin
    private final AgentOptions agent = new AgentOptions();

    private record Key(String server, Instant detectedAt) {}

    /**
     * All that are known, newest first.
     *
     * @throws CommandFailure if neither the agent answers nor the records can be read
     */
    List<DrainView> read(Records records, Map<String, String> environment) {
        Map<Key, DrainView> all = new LinkedHashMap<>();
        Path directory = stateDirectory == null ? configured(environment) : stateDirectory;
        List<String> silent = new ArrayList<>();
        try {
            add(all, records.read(directory));
        } catch (AccessDeniedException denied) {
            silent.add("this user may not read the records in " + directory);
        } catch (IOException unreadable) {
            silent.add("the records in " + directory + " cannot be read: " + unreadable.getMessage());
        }
        if (stateDirectory == null) {
            try {
                add(all, StatusDocument.read(agent.reply("GET", "/v1/status", "", environment)).drains());
            } catch (IOException away) {
                silent.add("no agent answers at " + away.getMessage());
            } catch (IllegalArgumentException none) {
                silent.add("what answers there is no agent of this version");
            }
        }
        if (all.isEmpty() && silent.size() > 1) {
            throw new CommandFailure(ExitCode.FAILURE, String.join("; ", silent)
                    + "; type it as root, or name the place with --state-directory");
        }
        return all.values().stream().sorted(Comparator.comparing(DrainView::detectedAt).reversed()).toList();
    }

    private static void add(Map<Key, DrainView> all, List<DrainView> more) {
        more.forEach(drain -> all.putIfAbsent(new Key(drain.server(), drain.detectedAt()), drain));
    }

    /** A configuration that this user cannot read or use is the agent's matter, not this command's. */
    private static Path configured(Map<String, String> environment) {
        return switch (ConfigReader.read(ConfigInputs.of(environment, List.of()))) {
            case ConfigResult.Valid valid -> valid.config().stateDirectory();
            case ConfigResult.Invalid invalid -> AgentConfig.DEFAULT_STATE_DIRECTORY;
        };
    }
}
