// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import dev.lastcall.agent.cli.AnsiColors;
import dev.lastcall.agent.cli.CommandFailure;
import dev.lastcall.agent.cli.ExitCode;
import dev.lastcall.agent.cli.Terminal;
import dev.lastcall.agent.cli.TerminalScreen;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.warmup.Stores;
import dev.lastcall.warmup.Warmup;
import dev.lastcall.warmup.WarmupException;
import dev.lastcall.warmup.WarmupReport;
import dev.lastcall.warmup.WarmupRequest;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lastcall warm}. */
@Command(name = "warm", sortOptions = false, description = {
    "Fetches one model now: verified, and resumed where an earlier run ended.",
    "SOURCE is s3://bucket/prefix, gs://bucket/prefix, hf://organisation/name@revision, https://host/path/ or a folder; "
            + "DEST is a folder, or cache:NAME for this node's cache."})
public final class WarmCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The store's address.")
    private String source = "";

    @Parameters(index = "1", paramLabel = "DEST", description = "A folder, or cache:NAME.")
    private String dest = "";

    @Mixin
    private final StoreOptions options = new StoreOptions();

    @Mixin
    private final FetchOptions fetch = new FetchOptions();

    @Option(names = "--overwrite", order = 28, description = "Replaces files of DEST that Lastcall did not put there.")
    private boolean overwrite;

    @Option(names = "--json", order = 30, description = "Prints one JSON document at the end, and nothing else.")
    private boolean json;

    @Option(names = "--quiet", order = 31, description = "Shows no progress.")
    private boolean quiet;

    private final Terminal terminal;
    private final Supplier<Optional<TerminalScreen>> screen;
    private final NodeClock clock;

    /**
     * Makes the command.
     *
     * @param screen where progress can be drawn, if anywhere
     */
    public WarmCommand(Terminal terminal, Supplier<Optional<TerminalScreen>> screen, NodeClock clock) {
        this.terminal = terminal;
        this.screen = screen;
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException {
        WarmTarget warmTarget = WarmTarget.of(source, dest, overwrite, terminal.environment());
        WarmupRequest request = fetch.apply(WarmupRequest.of(warmTarget.model()).withSelection(options.selection()));
        if (warmTarget.destination() instanceof dev.lastcall.warmup.Destination.Cache) {
            Optional<Stores.HubRepository> hub = Stores.hubRepository(source);
            if (hub.isPresent()) {
                request = request.withHub(hub.get().name(), hub.get().revision());
            }
        }
        Environment environment = Environment.of(terminal.environment());
        try (Network network = Network.of(environment.network());
                Store store = new Stores(environment, network).open(address(),
                        options.settings(terminal.environment()))) {
            return run(new Warmup(store, warmTarget.destination(), request, fetch.bandwidth()), request).code();
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(ExitCode.USAGE, line(wrong), wrong);
        } catch (CredentialException | IOException cannot) {
            throw new CommandFailure(ExitCode.FAILURE, line(cannot), cannot);
        }
    }

    private String line(Exception failure) {
        return AnsiColors.plain(Words.of(source, failure).line());
    }

    /** A folder may be named as a shell names it. */
    private String address() {
        return !Stores.isAddress(source) && !source.contains("://") && Files.isDirectory(Path.of(source))
                ? "./" + source
                : source;
    }

    private ExitCode run(Warmup warmup, WarmupRequest request) throws InterruptedException {
        Display display = display(request.model());
        try (WarmInterruption warmInterruption = WarmInterruption.of(warmup, fetch.timeout(), clock)) {
            Result result;
            try (ProgressWatch _ = ProgressWatch.start(warmup, display, clock)) {
                result = new Result.Warm(warmup.run());
            } catch (WarmupException failed) {
                result = new Result.Failed(request.model(), failed, warmup.progress(), warmup.keptBytes(),
                        warmInterruption.cause());
            }
            tell(result);
            return result.exitCode();
        }
    }

    private Display display(String model) {
        if (json || quiet) {
            return new Display.None();
        }
        return screen.get()
                .<Display>map(place -> new ProgressBar(terminal.err(), AnsiColors.plain(model), place))
                .orElseGet(() -> new ProgressLines(terminal.err(), AnsiColors.plain(model)));
    }

    private void tell(Result result) {
        if (json) {
            terminal.out().println(result.json());
        } else if (result instanceof Result.Warm(WarmupReport report)) {
            ReportText.lines(report).forEach(terminal.out()::println);
        }
        if (result instanceof Result.Failed failed) {
            terminal.err().println("lastcall: " + AnsiColors.plain(failed.message()));
        }
        terminal.out().flush();
        terminal.err().flush();
    }
}
