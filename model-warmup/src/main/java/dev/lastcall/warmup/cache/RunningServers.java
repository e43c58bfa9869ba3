// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether a running process was started to serve a model of the cache: its command line or its environment names the model's
 * folder, or this cache as Hugging Face's and the repository (Linux, {@code proc(5)}). It may not have opened a file yet.
 */
final class RunningServers {

    /** The longest argument that Linux takes is 128 KiB; servers' whole command lines are some KiB. */
    private static final int MAX_BYTES = 256 * 1024;

    private static final String HUB = "hub";

    private final Path proc;

    RunningServers(Path proc) {
        this.proc = proc;
    }

    /**
     * Looks at all processes but this one.
     *
     * @param folders of the model: the name that it is shown under and where it lies
     * @param repositories folders {@code models--ORG--NAME} that show it
     */
    boolean serve(Path root, Set<Path> folders, Set<Path> repositories) {
        Pattern folder = anyOf(folders.stream().map(Path::toString).toList());
        Pattern cache = anyOf(root.endsWith(HUB) && root.getParent() != null
                ? List.of(root.toString(), root.getParent().toString())
                : List.of(root.toString()));
        String self = Long.toString(ProcessHandle.current().pid());
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (!process.endsWith(self)
                        && isServing(words(process.resolve("cmdline")), words(process.resolve("environ")), folder,
                                cache,
                                repositories)) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false;
        }
        return false;
    }

    private static boolean isServing(List<String> arguments, List<String> variables, Pattern folder, Pattern cache,
            Set<Path> repositories) {
        if (names(arguments, folder) || names(variables, folder)) {
            return true;
        }
        return !repositories.isEmpty() && (names(variables, cache) || names(arguments, cache))
                && repositories.stream().anyMatch(one -> mentions(arguments, one) || mentions(variables, one));
    }

    private static boolean names(List<String> words, Pattern pattern) {
        return words.stream().anyMatch(word -> pattern.matcher(word).find());
    }

    /** {@code org/name}, alone or as a value, as in {@code --model=org/name} or {@code org/name:tag}. */
    private static boolean mentions(List<String> words, Path repository) {
        String folder = String.valueOf(repository.getFileName());
        return words.stream()
                .flatMap(word -> Pattern.compile("[=,:@\\s]").splitAsStream(word))
                .anyMatch(value -> ("models--" + value.replace("/", "--")).equals(folder));
    }

    /** The path itself or something below it, not one that merely begins alike. */
    private static Pattern anyOf(List<String> paths) {
        return Pattern.compile("(?:^|[^\\w./-])(?:" + String.join("|", paths.stream().map(Pattern::quote).toList())
                + ")(?:$|[^\\w.-])");
    }

    private static List<String> words(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            return List.of(text.split("\0", -1));
        } catch (IOException e) {
            // It ended, or hides its environment: a server that has opened the model's files is known by these.
            return List.of();
        }
    }
}
