// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gauges whose series is absent while there is no value. A NaN in its place would make every sum over it NaN, and `absent()`
 * would not see it. Thread-safe.
 */
final class GaugesAtTimes {

    private static final Logger log = LoggerFactory.getLogger(GaugesAtTimes.class);

    private final MeterRegistry registry;
    private final List<One> all = new ArrayList<>(); // guarded by this

    GaugesAtTimes(MeterRegistry registry) {
        this.registry = registry;
    }

    synchronized void add(Metric metric, Tags tags, Supplier<OptionalDouble> now) {
        all.add(new One(metric, tags, now));
    }

    /** Forgets the gauges with this label. */
    synchronized void remove(Tag tag) {
        List<One> gone = all.stream().filter(one -> one.tags.stream().anyMatch(tag::equals)).toList();
        gone.forEach(one -> one.hide(registry));
        all.removeAll(gone);
    }

    /** Reads each, once: what a scrape shows from now on is this value. */
    synchronized void read() {
        all.forEach(one -> one.read(registry));
    }

    private static final class One {
        private final Metric metric;
        private final Tags tags;
        private final Supplier<OptionalDouble> now;
        private volatile double value;
        // Both are guarded by the gauges.
        private @Nullable Gauge shown;
        private boolean failed;

        One(Metric metric, Tags tags, Supplier<OptionalDouble> now) {
            this.metric = metric;
            this.tags = tags;
            this.now = now;
        }

        void read(MeterRegistry registry) {
            OptionalDouble read = readOrNone();
            if (read.isEmpty()) {
                hide(registry);
                return;
            }
            value = read.getAsDouble();
            if (shown == null) {
                shown = Gauge.builder(Metrics.registryName(metric), () -> value)
                        .description(metric.description())
                        .tags(tags)
                        .register(registry);
            }
        }

        /** One that cannot be read costs its own series, not the scrape. */
        private OptionalDouble readOrNone() {
            try {
                OptionalDouble read = now.get();
                failed = false;
                return read;
            } catch (RuntimeException fault) {
                if (!failed) {
                    failed = true;
                    log.atWarn()
                            .setCause(fault)
                            .addKeyValue("metric", metric.family())
                            .addKeyValue("labels", tags)
                            .log("a metric cannot be read: its series is left out until it can");
                }
                return OptionalDouble.empty();
            }
        }

        void hide(MeterRegistry registry) {
            if (shown != null) {
                registry.remove(shown);
                shown = null;
            }
        }
    }
}
