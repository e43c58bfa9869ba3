// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a simulated metadata server holds, when, and how it fails: the keys of the cloud, changed at given moments, and
 * faults over intervals. Every moment counts from the start of the simulator. Immutable; made with {@link #builder()}
 * or read from a {@link Script}.
 *
 * <p>A key is a path below the cloud's root: {@code spot/instance-action} on AWS, {@code instance/preempted} on Google
 * Cloud, {@code events} on Azure. The usual facts of an instance are there without being set.
 *
 * @param changes in order of time
 * @param faults in no particular order
 */
public record Timeline(List<Change> changes, List<Fault> faults) {

    /** Nothing ever happens. */
    public static final Timeline EMPTY = new Timeline(List.of(), List.of());

    /** The most changes or faults of one timeline. */
    static final int MAX_ENTRIES = 10_000;

    public Timeline {
        changes = changes.stream().sorted(Comparator.comparing(Change::at)).toList();
        faults = List.copyOf(faults);
        if (changes.size() > MAX_ENTRIES || faults.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("a timeline has at most " + MAX_ENTRIES + " changes and faults each");
        }
    }

    /** One key at one moment. */
    public sealed interface Change {

        /** When, from the start of the timeline. */
        Duration at();

        /** Which key, without slashes at its ends. */
        String key();

        /** The key holds this value from now on. */
        record Set(Duration at, String key, Value value) implements Change {
            public Set {
                requireMoment(at);
                key = normalKey(key);
                if (value instanceof Value.Null) {
                    throw new IllegalArgumentException(key + ": a key holds a value or is removed, it is not null");
                }
            }
        }

        /** The key is absent from now on. */
        record Remove(Duration at, String key) implements Change {
            public Remove {
                requireMoment(at);
                key = normalKey(key);
            }
        }
    }

    /** A timeline to be filled; the first moment is the start. */
    public static Builder builder() {
        return new Builder();
    }

    /** Fills a timeline. Not thread-safe. */
    public static final class Builder {
        private final List<Change> changes = new ArrayList<>();
        private final List<Fault> faults = new ArrayList<>();
        private Duration at = Duration.ZERO;

        private Builder() {}

        /** What follows happens at this moment, counted from the start. */
        public Builder at(Duration moment) {
            requireMoment(moment);
            at = moment;
            return this;
        }

        /** The key holds the text from that moment on; {@code in 120s} and the like are times, see {@link Value#of}. */
        public Builder set(String key, String text) {
            return set(key, Value.of(text));
        }

        /** The key holds the value from that moment on. */
        public Builder set(String key, Value value) {
            changes.add(new Change.Set(at, key, value));
            return this;
        }

        /** The key is absent from that moment on. */
        public Builder remove(String key) {
            changes.add(new Change.Remove(at, key));
            return this;
        }

        /** A fault, in the interval that it names itself. */
        public Builder fault(Fault fault) {
            faults.add(fault);
            return this;
        }

        /** The timeline so far. */
        public Timeline build() {
            return new Timeline(changes, faults);
        }
    }

    private static final int MAX_KEY = 256;
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._:~@-]+(/[A-Za-z0-9._:~@-]+)*");

    private static String normalKey(String key) {
        String bare = key.length() > MAX_KEY ? "" : key.replaceAll("^/+|/+$", "");
        if (!KEY.matcher(bare).matches()) {
            throw new IllegalArgumentException("\"" + key
                    + "\" is no key: write a path such as spot/instance-action, of at most " + MAX_KEY + " characters");
        }
        return bare;
    }

    private static void requireMoment(Duration at) {
        if (at.isNegative()) {
            throw new IllegalArgumentException("a timeline begins at 0s, not at " + DurationText.format(at));
        }
    }
}
