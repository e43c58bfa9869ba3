// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.util.List;
import java.util.Locale;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Zsh's completion: a function for each command, which calls the functions of the commands below it. */
final class ZshCompletion {

    private final StringBuilder script = new StringBuilder();

    private ZshCompletion() {}

    /** The file {@code _lastcall}. */
    static String of(CommandSpec top) {
        ZshCompletion completion = new ZshCompletion();
        completion.script.append("#compdef ").append(top.name()).append("\n\n");
        completion.function(top);
        completion.script.append(function(top.qualifiedName("-"))).append(" \"$@\"\n");
        return completion.script.toString();
    }

    private static String function(String name) {
        return "_" + name;
    }

    private void function(CommandSpec command) {
        List<CommandSpec> subs = command.subcommands().values().stream().map(CommandLine::getCommandSpec).toList();
        subs.forEach(this::function);
        script.append(function(command.qualifiedName("-"))).append("() {\n");
        if (subs.isEmpty()) {
            script.append("  _arguments -s");
        } else {
            script.append("  local curcontext=\"$curcontext\" state line\n  local -a commands=(\n");
            subs.forEach(sub -> script.append("    ")
                    .append(quoted(sub.name() + ":" + description(sub.usageMessage().description())))
                    .append('\n'));
            script.append("  )\n  _arguments -C");
        }
        command.options().forEach(option -> script.append(" \\\n    ").append(quoted(specification(option))));
        if (subs.isEmpty()) {
            for (PositionalParamSpec argument : command.positionalParameters()) {
                String colons = argument.required() ? ":" : "::";
                script.append(" \\\n    ")
                        .append(quoted(colons + label(argument.paramLabel()) + ":" + action(argument.paramLabel())));
            }
            script.append("\n}\n\n");
            return;
        }
        script.append(" \\\n    '1: :->command' \\\n    '*:: :->rest'\n");
        script.append(
                "  case $state in\n    command) _describe command commands ;;\n    rest)\n      case $words[1] in\n");
        subs.forEach(
                sub -> script.append("        %s) %s ;;%n".formatted(sub.name(), function(sub.qualifiedName("-")))));
        script.append("      esac ;;\n  esac\n}\n\n");
    }

    private static String specification(OptionSpec option) {
        String name = option.longestName();
        String about = "[" + description(option.description()).replace("[", "(").replace("]", ")") + "]";
        return option.arity().max() == 0
                ? name + about
                : name + "=" + about + ":" + label(option.paramLabel()) + ":" + action(option.paramLabel());
    }

    /** A placeholder names its kind of value: files and folders are completed, the others are not. */
    private static String action(String label) {
        return switch (label.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "")) {
            case "FILE", "PATH" -> "_files";
            case "FOLDER", "DIRECTORY", "DEST" -> "_files -/";
            default -> " ";
        };
    }

    private static String label(String label) {
        return label.replaceAll("[^A-Za-z=]", " ").strip();
    }

    private static String description(String... lines) {
        return String.join(" ", lines).strip();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
