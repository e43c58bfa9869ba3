// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Fish's completion: a line for each command and each option, with the condition under which it is offered. */
final class FishCompletion {

    private final String program;
    private final StringBuilder script = new StringBuilder();

    private FishCompletion(String program) {
        this.program = program;
    }

    /** The file {@code lastcall.fish}. */
    static String of(CommandSpec top) {
        FishCompletion completion = new FishCompletion(top.name());
        completion.script.append("complete -c ").append(top.name()).append(" -f\n");
        completion.command(top, List.of());
        return completion.script.toString();
    }

    private void command(CommandSpec command, List<String> path) {
        List<CommandSpec> subs = command.subcommands().values().stream().map(CommandLine::getCommandSpec).toList();
        String here = condition(path, subs);
        for (CommandSpec sub : subs) {
            line(here, "-a " + quoted(sub.name()), description(sub.usageMessage().description()));
        }
        String options = path.isEmpty() ? here : condition(path, List.of());
        command.options().forEach(option -> line(options, words(option), description(option.description())));
        if (subs.isEmpty()) {
            for (PositionalParamSpec argument : command.positionalParameters()) {
                String values = values(argument.paramLabel());
                if (!values.isEmpty()) {
                    line(here, values.strip(), description(argument.description()));
                }
            }
        }
        for (CommandSpec sub : subs) {
            List<String> below = new ArrayList<>(path);
            below.add(sub.name());
            command(sub, below);
        }
    }

    private void line(String condition, String offered, String about) {
        script.append("complete -c %s -n %s %s -d %s%n".formatted(program, quoted(condition), offered, quoted(about)));
    }

    /** All commands of the path are there, and none of those below. */
    private static String condition(List<String> path, List<CommandSpec> below) {
        if (path.isEmpty()) {
            return "__fish_use_subcommand";
        }
        List<String> parts = new ArrayList<>(path.stream().map(name -> "__fish_seen_subcommand_from " + name).toList());
        if (!below.isEmpty()) {
            parts.add("not __fish_seen_subcommand_from "
                    + String.join(" ", below.stream().map(CommandSpec::name).toList()));
        }
        return String.join("; and ", parts);
    }

    private static String words(OptionSpec option) {
        StringBuilder words = new StringBuilder();
        for (String name : option.names()) {
            words.append(words.isEmpty() ? "" : " ")
                    .append(name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1));
        }
        if (option.arity().max() == 0) {
            return words.toString();
        }
        // Fish offers files for every value that is required; -x says that this one is none.
        String values = values(option.paramLabel());
        return words + (values.isEmpty() ? " -x" : " -r" + values);
    }

    /** A placeholder names its kind of value: files and folders are completed, the others are not. */
    private static String values(String label) {
        return switch (label.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "")) {
            case "FILE", "PATH" -> " -F";
            case "FOLDER", "DIRECTORY", "DEST" -> " -a '(__fish_complete_directories)'";
            default -> "";
        };
    }

    private static String description(String... lines) {
        return String.join(" ", lines).strip();
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
