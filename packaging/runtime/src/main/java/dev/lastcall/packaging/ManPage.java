// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.util.ArrayList;
import java.util.List;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of one command, in roff, out of what its {@code --help} is made of. */
final class ManPage {

    private final CommandSpec command;
    private final StringBuilder page = new StringBuilder();

    private ManPage(CommandSpec command) {
        this.command = command;
    }

    /** The page's name, such as {@code lastcall-config-check}. */
    static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /**
     * The page.
     *
     * @param version of the program
     * @param date as the foot of the page shows it
     */
    static String of(CommandSpec command, String version, String date) {
        return new ManPage(command).write(version, date);
    }

    private String write(String version, String date) {
        page.append(
                ".TH %s 1 \"%s\" \"Lastcall %s\" \"Lastcall\"\n".formatted(quoted(name(command)), date, version));
        section("NAME", name(command).replace("-", "\\-") + " \\- " + inline(summary(command)));
        section("SYNOPSIS", synopsis());
        section("DESCRIPTION", roff(String.join("\n", List.of(command.usageMessage().description())).strip()));
        arguments();
        options();
        commands();
        if (isTop()) {
            section("EXIT STATUS", roff(String.join("\n", List.of(command.usageMessage().footer())).strip()));
            files();
        }
        section("SEE ALSO", seeAlso());
        return page.toString();
    }

    private boolean isTop() {
        return command.parent() == null;
    }

    private static String summary(CommandSpec command) {
        String first = String.join(" ", List.of(command.usageMessage().description())).strip();
        int end = first.indexOf(". ");
        String sentence = end < 0 ? first : first.substring(0, end);
        return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1).replaceAll("\\.$", "");
    }

    private String synopsis() {
        StringBuilder line = new StringBuilder("\\fB" + command.qualifiedName().replace("-", "\\-") + "\\fR");
        if (!command.options().isEmpty()) {
            line.append(" [\\fIOPTION\\fR]...");
        }
        for (PositionalParamSpec argument : command.positionalParameters()) {
            String label = "\\fI" + inline(argument.paramLabel()) + "\\fR";
            line.append(argument.required() ? " " + label : " [" + label + "]");
        }
        return line.append(command.subcommands().isEmpty() ? "" : " \\fICOMMAND\\fR").toString();
    }

    private void arguments() {
        if (!command.positionalParameters().isEmpty()) {
            heading("ARGUMENTS");
            command.positionalParameters()
                    .forEach(argument -> item("\\fI" + inline(argument.paramLabel()) + "\\fR", argument.description()));
        }
    }

    private void options() {
        heading("OPTIONS");
        for (OptionSpec option : command.options()) {
            List<String> names = new ArrayList<>();
            for (String name : option.names()) {
                names.add("\\fB" + inline(name) + "\\fR");
            }
            boolean valued = option.arity().max() > 0;
            item(String.join(", ", names) + (valued ? "=\\fI" + inline(option.paramLabel()) + "\\fR" : ""),
                    option.description());
        }
    }

    private void commands() {
        if (!command.subcommands().isEmpty()) {
            heading("COMMANDS");
            command.subcommands().values().forEach(sub -> {
                CommandSpec spec = sub.getCommandSpec();
                item("\\fB" + inline(spec.name()) + "\\fR", spec.usageMessage().description());
            });
        }
    }

    private void files() {
        heading("FILES");
        item("\\fI/etc/lastcall/lastcall.yaml\\fR", "The configuration; every key is optional. See lastcall.yaml(5).");
        item("\\fI/etc/default/lastcall\\fR", "The environment of the service.");
        item("\\fI/var/lib/lastcall\\fR",
                "A record of every drain, the state of one under way, and models that were fetched.");
        item("\\fI/run/lastcall/lastcall.sock\\fR", "Where the commands speak to the running agent.");
        heading("ENVIRONMENT");
        item("\\fBLASTCALL_CONFIG\\fR", "Names another configuration.");
        item("\\fBLASTCALL_\\fR...", "Any key of the configuration, such as LASTCALL_LOG_LEVEL for log.level.");
        item("\\fBLASTCALL_JAVA_OPTS\\fR", "Flags for the JVM, after the program's own.");
        item("\\fBNO_COLOR\\fR", "Prints without colours.");
    }

    private String seeAlso() {
        List<String> pages = new ArrayList<>();
        if (!isTop()) {
            pages.add(reference(name(command.parent())));
        }
        command.subcommands().values().forEach(sub -> pages.add(reference(name(sub.getCommandSpec()))));
        pages.add("\\fBlastcall.yaml\\fR(5)");
        return String.join(",\n", pages);
    }

    private static String reference(String name) {
        return "\\fB" + name.replace("-", "\\-") + "\\fR(1)";
    }

    private void section(String heading, String text) {
        heading(heading);
        page.append(text).append('\n');
    }

    private void heading(String heading) {
        page.append(".SH ").append(quoted(heading)).append('\n');
    }

    private void item(String term, String... description) {
        page.append(".TP\n")
                .append(term)
                .append('\n')
                .append(roff(String.join("\n", description).strip()))
                .append('\n');
    }

    private static String quoted(String text) {
        return '"' + text.replace("-", "\\-") + '"';
    }

    /** Text within a line. */
    static String inline(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-");
    }

    /** Text of several lines: none of them may be taken for a request. */
    static String roff(String text) {
        return inline(text).replaceAll("(?m)^([.'])", "\\\\&$1").replaceAll("\n\\s*\n", "\n.PP\n");
    }
}
