// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.lastcall.agent.Main;
import dev.lastcall.agent.cli.Terminal;
import dev.lastcall.agent.cli.Version;
import dev.lastcall.agent.config.ConfigReader;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Writes the manual pages and the shells' completions, as they lie below {@code /usr/share}. */
final class Manual {

    private Manual() {}

    /** @param args the folder to write to, and the time of the build, whose date the pages show */
    public static void main(String[] args) throws IOException {
        Path share = Path.of(args[0]);
        String date = args[1].substring(0, "2026-01-01".length());
        CommandLine line = Main.commands(Terminal.system()).line();
        pages(share.resolve("man/man1"), line.getCommandSpec(), date);
        write(share.resolve("man/man5").resolve(ConfigPage.FILE),
                ConfigPage.of(ConfigReader.describe(), Version.TEXT, date));
        String name = line.getCommandName();
        write(share.resolve("bash-completion/completions").resolve(name),
                AutoComplete.bash(name, line).replaceFirst("^#!.*\n", ""));
        write(share.resolve("zsh/vendor-completions").resolve("_" + name), ZshCompletion.of(line.getCommandSpec()));
        write(share.resolve("fish/vendor_completions.d").resolve(name + ".fish"),
                FishCompletion.of(line.getCommandSpec()));
    }

    private static void pages(Path folder, CommandSpec command, String date) throws IOException {
        write(folder.resolve(ManPage.name(command) + ".1"), ManPage.of(command, Version.TEXT, date));
        for (CommandLine sub : command.subcommands().values()) {
            pages(folder, sub.getCommandSpec(), date);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
