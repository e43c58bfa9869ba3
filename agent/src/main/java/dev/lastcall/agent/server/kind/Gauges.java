// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.lastcall.agent.server.InFlight;

/**
 * Which gauges of a server add up to its requests in flight. Every engine of a server has samples of its own; a reading
 * is complete when each engine that shows in one of them shows in all. Immutable.
 *
 * @param names the gauges, by their whole names
 * @param engineLabel the label that distinguishes one engine from another; where it is missing there is only one
 */
record Gauges(Set<String> names, String engineLabel) {

    Gauges {
        names = Set.copyOf(names);
        if (names.isEmpty()) {
            throw new IllegalArgumentException("a reading needs a gauge");
        }
    }

    /** Gauges that are summed over whatever labels they have. */
    static Gauges of(Set<String> names) {
        return new Gauges(names, "");
    }

    /** Which lines of a page {@link #read} needs: those of the gauges, and the first sample, by which metrics are known. */
    Predicate<String> lines() {
        AtomicBoolean seen = new AtomicBoolean();
        return line -> {
            String stripped = line.strip();
            return !stripped.isEmpty() && !stripped.startsWith("#")
                    && (!seen.getAndSet(true) || names.contains(PrometheusText.name(stripped)));
        };
    }

    InFlight read(String text) {
        List<PrometheusText.Sample> samples;
        try {
            samples = PrometheusText.samples(text, names);
        } catch (PrometheusText.MalformedException e) {
            return new InFlight.Unclear("metrics cannot be understood: " + e.getMessage());
        }
        if (samples.isEmpty()) {
            return new InFlight.Unobservable("metrics hold none of " + String.join(", ", names));
        }
        return incomplete(samples).<InFlight>map(InFlight.Unclear::new).orElseGet(() -> sum(samples));
    }

    private Optional<String> incomplete(List<PrometheusText.Sample> samples) {
        Set<String> engines = samples.stream().map(this::engine).collect(Collectors.toSet());
        for (String name : names) {
            Set<String> shown = samples.stream()
                    .filter(sample -> sample.name().equals(name))
                    .map(this::engine)
                    .collect(Collectors.toSet());
            if (!shown.containsAll(engines)) {
                return Optional.of("metrics are incomplete: " + name + " is missing for an engine");
            }
        }
        return Optional.empty();
    }

    private String engine(PrometheusText.Sample sample) {
        return sample.labels().getOrDefault(engineLabel, "");
    }

    private static InFlight sum(List<PrometheusText.Sample> samples) {
        double sum = 0;
        for (PrometheusText.Sample sample : samples) {
            if (!(sample.value() >= 0)) {
                return new InFlight.Unclear(sample.name() + " is " + sample.value());
            }
            sum += sample.value();
        }
        return count(sum);
    }

    /** A part of a request is a request. */
    static InFlight count(double number) {
        return new InFlight.Gauged((int) Math.min(Integer.MAX_VALUE, Math.ceil(number)));
    }
}
