// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.generic;

import java.time.Duration;
import java.time.Instant;

/**
 * An end of the node that is known beforehand and that no metadata server announces.
 *
 * @param name the source's name
 * @param end when it is
 * @param lead how long before it the drain is asked for
 */
public record FixedEndSettings(String name, End end, Duration lead) implements GenericSettings {

    /** EC2 begins to terminate a Capacity Block's instances this long before its end ("Capacity Blocks for ML", EC2 User Guide). */
    public static final Duration CAPACITY_BLOCK_EARLY = Duration.ofMinutes(30);

    /** Ten minutes for the drain. */
    public static final Duration LEAD = Duration.ofMinutes(10);

    /** When the node ends. */
    public sealed interface End {
        /** At an instant of the calendar. */
        record At(Instant time) implements End {}

        /** At an age of the machine, such as a {@code maxRunDuration}. */
        record AtAge(Duration age) implements End {}
    }

    /** The end of an EC2 Capacity Block that was bought until {@code end}: half an hour before it. */
    public static FixedEndSettings capacityBlock(String name, Instant end) {
        return new FixedEndSettings(name, new End.At(end.minus(CAPACITY_BLOCK_EARLY)), LEAD);
    }

    /** The end of a machine that is stopped at an age, such as one with {@code maxRunDuration}. */
    public static FixedEndSettings maxRun(String name, Duration age) {
        return new FixedEndSettings(name, new End.AtAge(age), LEAD);
    }
}
