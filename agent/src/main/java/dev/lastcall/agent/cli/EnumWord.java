// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a constant as the help and the configuration write it: {@code on-start} for {@code ON_START}, in any case, with a
 * dash or an underscore.
 *
 * @param <E> the constants
 */
public abstract class EnumWord<E extends Enum<E>> implements ITypeConverter<E> {

    private final List<E> constants;

    /** For all constants of a type. */
    protected EnumWord(Class<E> type) {
        this.constants = List.of(type.getEnumConstants());
    }

    @Override
    public E convert(String word) {
        Optional<E> found = constants.stream().filter(one -> label(one).equals(label(word))).findFirst();
        return found.orElseThrow(() -> new TypeConversionException("\"" + AnsiColors.plain(word) + "\" is none of "
                + String.join(", ", constants.stream().map(EnumWord::label).toList())));
    }

    private static String label(Enum<?> constant) {
        return label(constant.name());
    }

    private static String label(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
