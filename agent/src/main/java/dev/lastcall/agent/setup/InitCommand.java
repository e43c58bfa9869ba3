// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.setup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;

import dev.lastcall.agent.cli.AnsiColors;
import dev.lastcall.agent.cli.CommandFailure;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.cli.Terminal;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigInputs;
import dev.lastcall.agent.config.ConfigReader;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.lifecycle.EventLoops;
import dev.lastcall.agent.setup.PortOwners.Owner;
import dev.lastcall.agent.setup.Survey.FoundServer;
import dev.lastcall.metadata.cloud.Cloud;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lastcall init}. */
@Command(name = "init", sortOptions = false, description = {
    "Writes a first configuration from what it finds on this node: the cloud, inference servers, their units, a free port for a gate.",
    "Changes nothing else, and ends within 15 seconds. A file that is there already is left as it is."})
public final class InitCommand implements Callable<Integer> {

    private static final String MODE = "rw-r-----";

    @Option(names = "--output", paramLabel = "FILE", order = 1, description = {
        "Where it is written; /etc/lastcall/lastcall.yaml by default."})
    private @Nullable Path output;

    @Option(names = "--force", order = 2, description = "Replaces a file that is there already.")
    private boolean force;

    @Option(names = "--ports", paramLabel = "PORT,...", order = 3, description = "Where servers are looked for; 8000,8080 by default.")
    private @Nullable String ports;

    private final Terminal terminal;

    /** Makes the command. */
    public InitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Path file = output == null ? ConfigInputs.of(terminal.environment(), List.of()).file() : output;
        if (!force && Files.exists(file)) {
            throw there(file);
        }
        Survey survey;
        try (EventLoops loops = new EventLoops()) {
            survey = new NodeSurvey(config(), Path.of("/"), loops.vertx()).look(NodeSurvey.BOUND);
        }
        report(survey);
        try {
            write(file, StarterFile.of(survey));
        } catch (FileAlreadyExistsException late) {
            throw there(file);
        } catch (IOException failure) {
            throw new CommandFailure(ExitCode.FAILURE, file + " cannot be written: " + failure
                    + "; write as root, or elsewhere with --output FILE", failure);
        }
        print("wrote", file.toString());
        print("next", "lastcall config check " + file);
        boolean service = file.equals(ConfigInputs.DEFAULT_FILE) && Files.isDirectory(Path.of("/run/systemd/system"));
        print("next", service ? "systemctl restart lastcall" : "lastcall run --config " + file);
        return ExitCode.OK.code();
    }

    private static CommandFailure there(Path file) {
        return new CommandFailure(ExitCode.FAILURE,
                file + " is there already; --force replaces it, --output FILE writes elsewhere");
    }

    /** The defaults with what the environment says: where a cloud's metadata server is, which ports are asked. */
    private AgentConfig config() {
        List<ConfigInputs.FlagValue> flags = ports == null
                ? List.of()
                : List.of(new ConfigInputs.FlagValue("--ports", "discovery.ports", ports));
        return switch (ConfigReader
                .read(new ConfigInputs(Path.of("/dev/null"), false, terminal.environment(), flags))) {
            case ConfigResult.Valid valid -> valid.config();
            case ConfigResult.Invalid invalid ->
                throw new CommandFailure(ExitCode.USAGE, invalid.problems().getFirst().toString());
        };
    }

    private void report(Survey survey) {
        boolean none = survey.cloud().cloud() == Cloud.NONE;
        print("cloud", (none ? "not found: " : survey.cloud().cloud().label() + ": ") + survey.cloud().evidence());
        if (survey.servers().isEmpty()) {
            print("server", "none answers on ports " + survey.ports() + " of this node; --ports names others");
        }
        survey.servers().forEach(this::server);
        print("cache", survey.cache() + ": " + survey.cacheSpace());
        survey.late().forEach(what -> print("late", what));
    }

    private void server(FoundServer server) {
        String whose = switch (server.owner()) {
            case Owner.Unit(String unit) -> "of " + unit;
            case Owner.LoneProcess(long pid) -> "process " + pid + " of no unit, so no stop is proposed";
            case Owner.Engine(String unit) -> "in a container of " + unit + ", so no stop is proposed";
            case Owner.Unknown _ -> "whose process cannot be seen, so no stop is proposed; look as root";
        };
        print("server", server.kind() + " at " + server.url() + " (" + server.evidence() + "), " + whose);
        print("gate", server.gate()
                .map(address -> address.host() + ":" + address.port() + " is free")
                .orElse("no port from 8080 on is free, so none is proposed"));
    }

    private void print(String what, String text) {
        terminal.out().println(what + " ".repeat(8 - what.length()) + AnsiColors.plain(text));
    }

    /** The file that is replaced keeps its owner and group, as which the agent's service may have the right to read it. */
    private void write(Path file, String text) throws IOException {
        Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
        if (!force || !Files.exists(file)) {
            create(file, text);
            return;
        }
        Path next = folder.resolve("." + file.getFileName() + "." + ProcessHandle.current().pid());
        try {
            create(next, text);
            PosixFileAttributes old = Files.readAttributes(file, PosixFileAttributes.class);
            PosixFileAttributeView view = Files.getFileAttributeView(next, PosixFileAttributeView.class);
            view.setGroup(old.group());
            view.setOwner(old.owner());
            var _ = Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            var _ = Files.deleteIfExists(next);
        }
    }

    private static void create(Path file, String text) throws IOException {
        var _ = Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(MODE)));
        try {
            // The process's mask may have taken the group's bit.
            var _ = Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(MODE));
            var _ = Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
        } catch (IOException half) {
            var _ = Files.deleteIfExists(file);
            throw half;
        }
    }
}
