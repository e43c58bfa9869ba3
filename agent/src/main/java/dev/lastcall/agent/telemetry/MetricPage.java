// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Meters and the page of them that Prometheus reads, in its text format 0.0.4: families by name, their series by label.
 * Thread-safe; suppliers are read when the page is made.
 */
final class MetricPage {

    private enum Type {
        COUNTER, GAUGE, SUMMARY
    }

    /** One or, of a summary, two lines of the page. */
    private interface Series {
        void write(StringBuilder page, String name, String labels);
    }

    private record Family(Type type, String about, Map<Labels, Series> series) {}

    /** Sorted, and so the same whatever order they are given in. */
    private record Labels(SortedMap<String, String> values, String text) implements Comparable<Labels> {

        static Labels of(Map<String, String> given) {
            SortedMap<String, String> values = new TreeMap<>(given);
            StringBuilder text = new StringBuilder();
            values.forEach((name, value) -> text.append(text.isEmpty() ? "{" : ",")
                    .append(name)
                    .append("=\"")
                    .append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
                    .append('"'));
            return new Labels(values, text.isEmpty() ? "" : text.append('}').toString());
        }

        @Override
        public int compareTo(Labels other) {
            return text.compareTo(other.text);
        }
    }

    private final Map<String, Family> families = new ConcurrentSkipListMap<>();

    /** Shows a value that goes up and down; the newest of the same labels is shown. */
    void gauge(String name, String about, Map<String, String> labels, DoubleSupplier value) {
        family(name, Type.GAUGE, about).put(Labels.of(labels),
                (page, as, of) -> line(page, as, of, Double.toString(value.getAsDouble())));
    }

    /** Shows what only its labels say something of. */
    void info(String name, String about, Map<String, String> labels) {
        family(name, Type.GAUGE, about).put(Labels.of(labels), (page, as, of) -> line(page, as, of, "1"));
    }

    /** Shows a count that another keeps; the newest of the same labels is shown. */
    void counter(String name, String about, Map<String, String> labels, LongSupplier count) {
        family(name, Type.COUNTER, about).put(Labels.of(labels),
                (page, as, of) -> line(page, as, of, Double.toString((double) count.getAsLong())));
    }

    /** Adds to a count that is kept here. */
    void add(String name, String about, Map<String, String> labels, double increment) {
        Series series = family(name, Type.COUNTER, about).computeIfAbsent(Labels.of(labels), none -> new Count());
        if (series instanceof Count count) {
            count.sum.add(increment);
        }
    }

    /** Takes a time into a summary, whose longest is a gauge of its own. */
    void record(String name, String about, Map<String, String> labels, Duration took) {
        double seconds = took.toNanos() / 1e9;
        Labels of = Labels.of(labels);
        if (family(name, Type.SUMMARY, about).computeIfAbsent(of, none -> new Times()) instanceof Times times) {
            times.add(seconds);
            family(name + "_max", Type.GAUGE, about).put(of,
                    (page, as, with) -> line(page, as, with, Double.toString(times.longest())));
        }
    }

    private Map<Labels, Series> family(String name, Type type, String about) {
        return families.computeIfAbsent(name, none -> new Family(type, about, new ConcurrentSkipListMap<>())).series();
    }

    /** Takes away every series that has this label. */
    void remove(String label, String value) {
        families.values()
                .forEach(family -> family.series().keySet().removeIf(of -> value.equals(of.values().get(label))));
    }

    /** The page. */
    String text() {
        StringBuilder page = new StringBuilder(8192);
        families.forEach((name, family) -> {
            if (!family.series().isEmpty()) {
                page.append("# HELP ").append(name).append(' ').append(family.about()).append('\n');
                page.append("# TYPE ")
                        .append(name)
                        .append(' ')
                        .append(family.type().name().toLowerCase(Locale.ROOT))
                        .append('\n');
                family.series().forEach((labels, series) -> series.write(page, name, labels.text()));
            }
        });
        return page.toString();
    }

    private static void line(StringBuilder page, String name, String labels, String value) {
        // Java's word for it is longer.
        page.append(name).append(labels).append(' ').append(value.replace("Infinity", "Inf")).append('\n');
    }

    private static final class Count implements Series {
        private final DoubleAdder sum = new DoubleAdder();

        @Override
        public void write(StringBuilder page, String name, String labels) {
            line(page, name, labels, Double.toString(sum.sum()));
        }
    }

    private static final class Times implements Series {
        private long count; // guarded by this, as all of it
        private double sum;
        private double longest;

        private synchronized void add(double seconds) {
            count++;
            sum += seconds;
            longest = Math.max(longest, seconds);
        }

        private synchronized double longest() {
            return longest;
        }

        @Override
        public synchronized void write(StringBuilder page, String name, String labels) {
            line(page, name + "_count", labels, Long.toString(count));
            line(page, name + "_sum", labels, Double.toString(sum));
        }
    }
}
