// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.lastcall.agent.cli.CommandFailure;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.models.ModelSettings;
import dev.lastcall.agent.models.NodeCache;
import dev.lastcall.warmup.Destination;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.text.SafeText;

/**
 * Where a model goes, and what it is called.
 *
 * @param model its name
 * @param destination a folder, or the node's cache
 */
record WarmTarget(String model, Destination destination) {

    static final String CACHE = "cache:";

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9.-]{0,39}";

    /**
     * Reads DEST: the path of a folder, or {@code cache:NAME} for the cache of the configuration.
     *
     * @param overwrite whether files of a folder are replaced that Lastcall did not put there
     * @throws CommandFailure if it is neither, or the cache cannot be used
     */
    static WarmTarget of(String source, String dest, boolean overwrite, Map<String, String> environment) {
        if (dest.startsWith(CACHE)) {
            return inCache(dest.substring(CACHE.length()), environment);
        }
        try {
            Path folder = Path.of(dest).toAbsolutePath().normalize();
            return new WarmTarget(lastName(source, folder), new Destination.Folder(folder, overwrite));
        } catch (InvalidPathException malformed) {
            throw new CommandFailure(ExitCode.USAGE, "DEST is no path: " + malformed.getMessage(), malformed);
        }
    }

    private static WarmTarget inCache(String name, Map<String, String> environment) {
        if (!name.matches(NAME)) {
            throw new CommandFailure(ExitCode.USAGE, "DEST is " + CACHE + " and a name of letters, digits, dots and"
                    + " hyphens, at most 40, such as " + CACHE + "llama-3-70b");
        }
        AgentConfig config = switch (ConfigReader.read(ConfigInputs.of(environment, List.of()))) {
            case ConfigResult.Valid valid -> valid.config();
            case ConfigResult.Invalid invalid -> throw new CommandFailure(ExitCode.USAGE,
                    "the configuration says where the cache is, and cannot be used: "
                            + invalid.problems().getFirst() + "; see lastcall config check");
        };
        try {
            Set<String> pinned = config.models().stream().map(ModelSettings::name).collect(Collectors.toSet());
            return new WarmTarget(name, new Destination.Cache(NodeCache.open(config.cache(), pinned)));
        } catch (IOException cannot) {
            throw new CommandFailure(ExitCode.FAILURE, Words.of(cannot).line(), cannot);
        }
    }

    private static String lastName(String source, Path folder) {
        String bare = SafeText.of(source).replaceAll("[?#].*$", "").replaceAll("/+$", "");
        String last = bare.substring(bare.lastIndexOf('/') + 1).replaceAll("@.*$", "");
        return last.isEmpty() ? folder.toString() : last;
    }
}
