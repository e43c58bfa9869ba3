// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.List;

/** What a plain value looks like in YAML, for those who check a file without this program. */
sealed interface ValueShape {

    /** Text of any form; a number or a flag in the file is read as its text. */
    static ValueShape anyText() {
        return new Text(List.of());
    }

    /** The words to choose from or to suggest. */
    default List<String> words() {
        return switch (this) {
            case Flag _ -> List.of("true", "false");
            case Whole _ -> List.of();
            case OneOf(List<String> words) -> words;
            case Text(List<String> words) -> words;
        };
    }

    /** True or false. */
    record Flag() implements ValueShape {}

    /** A whole number from {@code min} to {@code max}. */
    record Whole(int min, int max) implements ValueShape {}

    /** One of these words. */
    record OneOf(List<String> all) implements ValueShape {}

    /** Text of which only these words are known. */
    record Text(List<String> known) implements ValueShape {}
}
