// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

import dev.lastcall.agent.server.ServerKind;
import dev.lastcall.agent.server.StopNeeds;

/** What the command line of a server says about its stop. Stateless. */
public final class StopFlags {

    /** A longer time than any notice is the same as this. */
    private static final long MOST_SECONDS = 3600;

    private StopFlags() {}

    /**
     * What a stop asks of the budget.
     *
     * @param commandLine the words of the server's main process, empty where they cannot be seen; asked only of kinds with such
     *        a flag, as it may cost a call of systemctl
     */
    public static StopNeeds of(ServerKind kind, Supplier<List<String>> commandLine) {
        KindProfile profile = Kinds.of(kind);
        OptionalLong seconds = profile.stopFlag().isEmpty()
                ? OptionalLong.empty()
                : number(commandLine.get(), profile.stopFlag().get());
        return seconds.isEmpty()
                ? profile.stop()
                : StopNeeds.vllm(Duration.ofSeconds(Math.min(seconds.getAsLong(), MOST_SECONDS)));
    }

    /** The value of an option, as {@code --option 5} or {@code --option=5}; of several the last, as argparse takes them. */
    private static OptionalLong number(List<String> words, String option) {
        OptionalLong last = OptionalLong.empty();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals(option) && i + 1 < words.size()) {
                last = number(words.get(i + 1));
            } else if (word.startsWith(option + "=")) {
                last = number(word.substring(option.length() + 1));
            }
        }
        return last;
    }

    private static OptionalLong number(String text) {
        return text.matches("[0-9]{1,9}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }
}
