// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo;

import java.io.Console;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.agent.cli.ExitCode;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.ObjectMapper;

/** {@code lastcall demo}. */
@Command(name = "demo", sortOptions = false, showDefaultValues = true, description = {
    "Shows a node being taken back, from the first request to the last.",
    "Everything is on this machine: a simulated cloud, a completion server, clients that ask without pause, the "
            + "agent. At the end it says what became of every request, and exits with 1 if one was lost."})
public final class DemoCommand implements Callable<Integer> {

    private static final Duration BEFORE = Duration.ofSeconds(4);

    private final DemoParts parts;
    private final Duration before;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--cloud", defaultValue = "aws", paramLabel = "CLOUD", description = "whose notice: ${COMPLETION-CANDIDATES}")
    private CloudProvider cloud = CloudProvider.AWS;

    @Option(names = "--window", defaultValue = "30s", paramLabel = "TIME", converter = Window.class, description = "notice to deadline")
    private Duration window = Duration.ofSeconds(30);

    @Option(names = "--clients", defaultValue = "12", paramLabel = "N", description = "clients; two of three ask for streams")
    private int clients;

    @Option(names = "--upstream", paramLabel = "URL", description = "a real completion server; it is drained, and not stopped")
    private @Nullable URI upstream;

    @Option(names = "--without-lastcall", description = "what happens otherwise: the server is stopped at the notice")
    private boolean withoutLastcall;

    @Option(names = "--json", description = "print the table as one JSON document; the story goes to standard error")
    private boolean json;

    /** The command as people run it. */
    public DemoCommand() {
        this(GuardedNode::new, BEFORE);
    }

    /**
     * The command with other parts.
     *
     * @param before time with load and without a notice, so that the story has a before
     */
    DemoCommand(DemoParts parts, Duration before) {
        this.parts = parts;
        this.before = before;
    }

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec);
        PrintWriter out = command.commandLine().getOut();
        PrintWriter story = json ? command.commandLine().getErr() : out;
        Vertx vertx = Vertx.vertx();
        try {
            int streaming = clients - clients / 3;
            var options = new DemoOptions(cloud, window, streaming, clients / 3, upstream, !withoutLastcall);
            StoryScreen storyScreen = onTerminal() && !json
                    ? new StoryScreen.Terminal(story)
                    : new StoryScreen.Plain(story);
            DemoReport report = new Demo(parts, vertx, before).run(options, storyScreen);
            if (json) {
                out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report.toMap()));
            } else {
                report.table().lines().forEach(out::println);
                out.println();
                out.println(command.commandLine()
                        .getColorScheme()
                        .ansi()
                        .string("@|bold," + (report.isGood() ? "green" : "red") + " " + report.verdict() + "|@"));
            }
            out.flush();
            return (report.isGood() ? ExitCode.OK : ExitCode.FAILURE).code();
        } catch (IllegalArgumentException impossible) {
            throw new ParameterException(command.commandLine(), impossible.getMessage(), impossible);
        } finally {
            vertx.close();
        }
    }

    private static boolean onTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
                && !"dumb".equals(System.getenv("TERM"));
    }

    /** {@code 30s} or {@code 2m}. */
    static final class Window implements ITypeConverter<Duration> {
        private static final Pattern TEXT = Pattern.compile("(\\d{1,4})([sm])");

        @Override
        public Duration convert(String text) {
            Matcher matcher = TEXT.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is not a time such as 30s or 2m");
            }
            long count = Long.parseLong(matcher.group(1));
            return matcher.group(2).equals("s") ? Duration.ofSeconds(count) : Duration.ofMinutes(count);
        }
    }
}
