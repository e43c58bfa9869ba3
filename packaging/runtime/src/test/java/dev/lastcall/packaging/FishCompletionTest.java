// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.Main;
import dev.lastcall.agent.cli.Terminal;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import static org.assertj.core.api.Assertions.assertThat;

class FishCompletionTest {

    private static final CommandSpec TOP = Main.commands(new Terminal(new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()), Map.of(), false, 100)).line().getCommandSpec();

    private final List<String> lines = FishCompletion.of(TOP).lines().toList();

    @Test
    void everyCommandIsOfferedWhereItBelongs() {
        TOP.subcommands()
                .keySet()
                .forEach(name -> assertThat(lines).anySatisfy(line -> assertThat(line)
                        .startsWith("complete -c lastcall -n '__fish_use_subcommand' -a '" + name + "' -d '")));
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith(
                "complete -c lastcall -n '__fish_seen_subcommand_from config; and not __fish_seen_subcommand_from check "
                        + "show schema reference' -a 'check' -d '"));
    }

    @Test
    void everyOptionOfEveryCommandIsOffered() {
        for (CommandLine command : TOP.subcommands().values()) {
            String name = command.getCommandName();
            command.getCommandSpec()
                    .options()
                    .forEach(option -> assertThat(lines).anySatisfy(line -> assertThat(line)
                            .startsWith("complete -c lastcall -n '__fish_seen_subcommand_from " + name + "' -")
                            .contains(" -l " + option.longestName().substring(2) + " ")));
        }
    }

    @Test
    void filesAndFoldersAreCompletedAndOtherValuesAreNot() {
        assertThat(lines).contains("complete -c lastcall -f")
                .anySatisfy(line -> assertThat(line).contains("from init' -l output -r -F -d "))
                .anySatisfy(line -> assertThat(line).contains("from history' -l limit -x -d "));
    }

    @Test
    void aQuoteInADescriptionEndsNothing() {
        assertThat(lines).allSatisfy(line -> {
            long quotes = line.replace("\\\\", "").replace("\\'", "").chars().filter(c -> c == '\'').count();
            assertThat(quotes % 2).isZero();
        });
    }
}
