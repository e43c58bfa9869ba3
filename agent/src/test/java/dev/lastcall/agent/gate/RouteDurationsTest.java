// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouteDurationsTest {

    private static void record(RouteDurations durations, String path, Duration took, int times, long now) {
        for (int i = 0; i < times; i++) {
            durations.record(path, took.toNanos(), now);
        }
    }

    private static Map<String, Long> expected(long now, RouteDurations... loops) {
        return RouteDurations.expected(List.of(loops), now);
    }

    @Property
    void aQuantileIsNeverTooShortAndAtMostAQuarterTooLong(
            @ForAll @Size(min = 1, max = 300) List<@LongRange(min = 1, max = 3_000_000) Long> millis,
            @ForAll @IntRange(min = 1, max = 100) int percent) {
        DurationHistogram histogram = new DurationHistogram();
        millis.forEach(one -> histogram.record(Duration.ofMillis(one).toNanos()));
        long[] sums = DurationHistogram.sums();
        histogram.addTo(sums);

        double share = percent / 100.0;
        long exact = millis.stream().sorted().toList().get((int) Math.ceil(millis.size() * share) - 1);
        long said = DurationHistogram.quantile(sums, share, 1).orElseThrow() / 1_000_000;

        assertThat(said).isBetween(exact, exact + exact / 4 + 1);
    }

    @Test
    void nothingIsSaidOfARouteWithFewRequests() {
        RouteDurations durations = new RouteDurations(0);
        record(durations, "/few", Duration.ofSeconds(1), (int) RouteDurations.LEAST_REQUESTS - 1, 0);
        record(durations, "/many", Duration.ofSeconds(1), (int) RouteDurations.LEAST_REQUESTS, 0);

        assertThat(expected(0, durations)).containsOnlyKeys("/many");
    }

    @Test
    void theLoopsOfAGateAreTakenTogether() {
        RouteDurations one = new RouteDurations(0);
        RouteDurations other = new RouteDurations(0);
        record(one, "/", Duration.ofSeconds(1), 30, 0);
        record(other, "/", Duration.ofSeconds(9), 30, 0);

        assertThat(expected(0, one, other).get("/")).isBetween(Duration.ofSeconds(9).toNanos(),
                Duration.ofSeconds(12).toNanos());
    }

    @Test
    void whatIsLongAgoIsForgotten() {
        RouteDurations durations = new RouteDurations(0);
        record(durations, "/", Duration.ofHours(1), 100, 0);
        long later = RouteDurations.EPOCH.toNanos() + 1;
        record(durations, "/", Duration.ofSeconds(1), 100, later);
        assertThat(expected(later, durations).get("/")).isGreaterThan(Duration.ofMinutes(59).toNanos());

        long muchLater = 2 * later;
        record(durations, "/", Duration.ofSeconds(1), 100, muchLater);
        assertThat(expected(muchLater, durations).get("/")).isLessThan(Duration.ofSeconds(2).toNanos());
        assertThat(expected(10 * later, durations)).isEmpty();
    }

    @Test
    void strangePathsShareOneEntry() {
        RouteDurations durations = new RouteDurations(0);
        for (int i = 0; i < 10_000; i++) {
            durations.record("/" + i, 1, 0);
        }
        record(durations, "/" + "x".repeat(1000), Duration.ofSeconds(1), 100, 0);

        assertThat(expected(0, durations)).containsOnlyKeys(RouteDurations.OTHER);
        assertThat(new Announcement(Duration.ofMinutes(1).toNanos(), Announcement.Policy.MEASURED,
                expected(0, durations)).admits("/any", false, 0)).isTrue();
    }
}
