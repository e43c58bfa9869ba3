// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.agent.config.ConfigInputs.FlagValue;
import dev.lastcall.agent.config.Tree.Position;

/** One pass over the configuration: what it is read from and what has been found so far. Confined to one thread. */
final class Reading {

    /** Most elements of a list of sections, such as servers. */
    static final int MAX_SECTIONS = 64;

    private final String file;
    private final EnvironmentKeys environment;
    private final Map<String, FlagValue> flags = new LinkedHashMap<>();
    private final boolean describing;
    private final List<Setting> settings = new ArrayList<>();
    private final List<ConfigProblem> problems;
    private final Set<String> keys = new HashSet<>();
    private final Map<String, String> emptyWords = new LinkedHashMap<>();
    private final Set<Path> secretFiles = new LinkedHashSet<>();

    private Reading(String file, EnvironmentKeys environment, List<FlagValue> flags, boolean describing,
            List<ConfigProblem> problems) {
        this.file = file;
        this.environment = environment;
        flags.forEach(flag -> this.flags.put(flag.key(), flag));
        this.describing = describing;
        this.problems = problems;
    }

    static Reading of(ConfigInputs inputs, List<ConfigProblem> problems) {
        return new Reading(inputs.file().toString(), EnvironmentKeys.of(inputs.environment()), inputs.flags(), false,
                problems);
    }

    /** A pass over nothing, which only gathers the keys. */
    static Reading toDescribe() {
        return new Reading("", EnvironmentKeys.NONE, List.of(), true, new ArrayList<>());
    }

    boolean isDescribing() {
        return describing;
    }

    /** The value that a flag, or else the environment, gives to this key. */
    Optional<Raw> override(String path) {
        keys.add(path);
        FlagValue flag = flags.get(path);
        if (flag != null) {
            return Optional.of(new Raw(flag.value(), new ValueOrigin.Flag(flag.flag())));
        }
        String variable = Variables.nameOf(path);
        String value = environment.values().getOrDefault(variable, "");
        return value.isEmpty() ? Optional.empty() : Optional.of(new Raw(value, new ValueOrigin.Environment(variable)));
    }

    /** Whether a flag or the environment gives a value to this key or to one below it. */
    boolean speaksOf(String path) {
        String variable = Variables.nameOf(path);
        return flags.keySet().stream().anyMatch(key -> key.equals(path) || key.startsWith(path + "."))
                || environment.values()
                        .keySet()
                        .stream()
                        .anyMatch(name -> name.equals(variable) || name.startsWith(variable + "_"));
    }

    /** How many elements of a list of sections the flags and the environment speak of. */
    int overriddenLength(String path) {
        Pattern flag = Pattern.compile(Pattern.quote(path) + "\\[(\\d{1,2})]\\..*");
        Pattern variable = Pattern.compile(Pattern.quote(Variables.nameOf(path)) + "_(\\d{1,2})_.*");
        int length = 0;
        for (String key : flags.keySet()) {
            length = Math.max(length, index(flag.matcher(key)) + 1);
        }
        for (String name : environment.values().keySet()) {
            length = Math.max(length, index(variable.matcher(name)) + 1);
        }
        return length;
    }

    /** A number beyond the most elements makes none; that name is reported as no key. */
    private static int index(Matcher matcher) {
        int index = matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
        return index < MAX_SECTIONS ? index : -1;
    }

    /** Notes the word that may stand in the place of a section and means the empty one; none where it is empty. */
    void noteEmptyWord(String path, String word) {
        if (!word.isEmpty()) {
            emptyWords.put(path, word);
        }
    }

    /** The words that may stand in the place of sections, by the sections' paths. */
    Map<String, String> emptyWords() {
        return emptyWords;
    }

    ValueOrigin inFile(Position at) {
        return new ValueOrigin.InFile(file, at.line(), at.column());
    }

    void add(Setting setting) {
        settings.add(setting);
    }

    void problem(ValueOrigin origin, String key, String message) {
        problems.add(new ConfigProblem(origin, key, message));
    }

    /** Notes a file that holds a secret. */
    void holdsSecret(Path path) {
        secretFiles.add(path);
    }

    Set<Path> secretFiles() {
        return secretFiles;
    }

    /** Where a key's value came from. */
    ValueOrigin originOf(String key) {
        return settings.stream()
                .filter(setting -> setting.key().equals(key))
                .map(Setting::origin)
                .findFirst()
                .orElse(ValueOrigin.DEFAULT);
    }

    /** Finds the flags and variables that name no key. Called when every section has been read. */
    void rejectUnknown() {
        flags.values()
                .stream()
                .filter(flag -> !keys.contains(flag.key()))
                .forEach(flag -> problem(new ValueOrigin.Flag(flag.flag()), "",
                        Text.quote(flag.key()) + " is no key" + Text.didYouMean(flag.key(), keys)));
        Map<String, String> known = new LinkedHashMap<>();
        keys.forEach(key -> known.put(Variables.nameOf(key), key));
        environment.values()
                .keySet()
                .stream()
                .sorted()
                .filter(name -> !known.containsKey(name))
                .forEach(
                        name -> stranger(name, known.keySet()));
        Set<String> templates = environment.strangers().isEmpty() ? Set.of() : variables();
        environment.strangers().forEach(name -> stranger(name, templates));
    }

    private void stranger(String name, Set<String> known) {
        problem(new ValueOrigin.Environment(name), "", "the variable names no key" + Text.didYouMean(name, known));
    }

    private Set<String> variables() {
        Set<String> names = new TreeSet<>();
        keys.forEach(key -> names.add(Variables.nameOf(key)));
        ConfigReader.describe().forEach(setting -> names.add(Variables.nameOf(setting.key())));
        return names;
    }

    List<Setting> settings() {
        return settings;
    }

    /** What is wrong, in the order of the file, then the environment and the flags. */
    List<ConfigProblem> problems() {
        return problems.stream().sorted(Comparator.comparingInt(Reading::order)).toList();
    }

    private static int order(ConfigProblem problem) {
        return switch (problem.origin()) {
            case ValueOrigin.InFile place -> place.line();
            case ValueOrigin.Environment variable -> Integer.MAX_VALUE - 2;
            case ValueOrigin.Flag flag -> Integer.MAX_VALUE - 1;
            case ValueOrigin.Default none -> Integer.MAX_VALUE;
        };
    }

    /** A value as text and where it was found. */
    record Raw(String text, ValueOrigin origin) {}
}
