// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.lastcall.agent.api.JsonText;
import dev.lastcall.agent.config.AgentConfig;
import dev.lastcall.agent.config.ConfigJsonSchema;
import dev.lastcall.agent.config.ConfigReference;
import dev.lastcall.agent.config.ConfigResult;
import dev.lastcall.agent.config.DrainOutlook;
import dev.lastcall.agent.config.Setting;
import dev.lastcall.agent.config.ValueOrigin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "config", synopsisSubcommandLabel = "(check | show | schema | reference)", description = {
    "Checks, shows and describes the configuration."})
final class ConfigCommand {

    @Command(name = "check", description = {
        "Reports everything that is wrong with the configuration, and how a drain will go."}, sortOptions = false)
    static final class Check implements Callable<Integer> {
        @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "The configuration, as with --config.")
        private @Nullable Path file;

        @Mixin
        private final ConfigOptions config = new ConfigOptions();

        private final Terminal terminal;
        private final Function<AgentConfig, List<String>> rights;

        /** @param rights reports what this node does not let the agent do, a line each */
        Check(Terminal terminal, Function<AgentConfig, List<String>> rights) {
            this.terminal = terminal;
            this.rights = rights;
        }

        @Override
        public Integer call() {
            ConfigResult.Valid valid = (file == null ? config : config.withFile(file)).read(terminal.environment());
            long set = valid.settings().stream().filter(Setting::isSet).count();
            terminal.out()
                    .println("the configuration is good: " + set + (set == 1 ? " key" : " keys")
                            + " set, the others have their defaults");
            DrainOutlook outlook = DrainOutlook.of(valid.config());
            outlook.schedule().forEach(terminal.out()::println);
            Stream.concat(outlook.warnings().stream(), rights.apply(valid.config()).stream())
                    .forEach(line -> terminal.out().println("warning: " + AnsiColors.plain(line)));
            return ExitCode.OK.code();
        }
    }

    @Command(name = "show", description = "Shows every key with its value and where that came from.", sortOptions = false)
    static final class Show implements Callable<Integer> {
        @Option(names = "--json", description = "Prints one JSON document.", order = 20)
        private boolean json;

        @Mixin
        private final ConfigOptions config = new ConfigOptions();

        private final Terminal terminal;

        Show(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            List<Setting> settings = config.read(terminal.environment()).settings();
            if (json) {
                terminal.out().println(document(settings));
            } else {
                print(settings);
            }
            return ExitCode.OK.code();
        }

        private void print(List<Setting> settings) {
            AnsiColors ansiColors = new AnsiColors(terminal.colour());
            int keys = settings.stream().mapToInt(setting -> setting.key().length()).max().orElse(0);
            for (Setting setting : settings) {
                boolean isDefault = setting.origin() instanceof ValueOrigin.Default;
                String line = setting.key() + " ".repeat(keys - setting.key().length()) + "  " + setting.value();
                terminal.out()
                        .println(isDefault
                                ? ansiColors.dim(line + "  (default)")
                                : line + "  (" + ansiColors.good(setting.origin().toString()) + ")");
            }
        }

        private static String document(List<Setting> settings) {
            StringBuilder json = new StringBuilder("{\"settings\":[");
            for (Setting setting : settings) {
                json.append(json.charAt(json.length() - 1) == '[' ? "" : ",")
                        .append("{\"key\":")
                        .append(JsonText.quote(setting.key()))
                        .append(",\"value\":")
                        .append(JsonText.quote(setting.value()))
                        .append(",\"set\":")
                        .append(setting.isSet())
                        .append(",\"origin\":")
                        .append(JsonText.quote(setting.origin().toString()))
                        .append('}');
            }
            return json.append("]}").toString();
        }
    }

    @Command(name = "schema", description = {
        "Prints the JSON Schema of the configuration file, for editors that complete keys and mark wrong ones."})
    static final class Schema implements Callable<Integer> {

        private final Terminal terminal;

        Schema(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            terminal.out().print(ConfigJsonSchema.text());
            terminal.out().flush();
            return ExitCode.OK.code();
        }
    }

    @Command(name = "reference", description = "Prints the page that explains every key, in Markdown.")
    static final class Reference implements Callable<Integer> {

        private final Terminal terminal;

        Reference(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            terminal.out().print(ConfigReference.markdown());
            terminal.out().flush();
            return ExitCode.OK.code();
        }
    }
}
