// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.drain;

import java.time.Duration;

import dev.lastcall.agent.server.StopNeeds;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class DrainPolicyTest {

    private static final StopNeeds SLOW = new StopNeeds(true, Duration.ofSeconds(12));

    private static Budget of(long windowSeconds, StopNeeds needs) {
        return DrainPolicy.DEFAULT.budget(Duration.ofSeconds(windowSeconds), needs);
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    void dividesTwoMinutesAsDesigned() {
        assertThat(of(120, StopNeeds.PROMPT))
                .isEqualTo(new Budget(seconds(120), seconds(15), seconds(100), seconds(108), seconds(115)));
    }

    @Test
    void dividesThirtySecondsAsDesigned() {
        assertThat(of(30, StopNeeds.PROMPT))
                .isEqualTo(new Budget(seconds(30), seconds(5), seconds(20), seconds(23), seconds(27)));
    }

    @Test
    void givesServerThatExitsSlowlyItsTimeWhereTheWindowHasIt() {
        Budget budget = of(120, SLOW);

        assertThat(budget.killAt().minus(budget.stopAt())).isEqualTo(SLOW.grace());
        assertThat(budget.stopAt().minus(budget.cutAt())).isEqualTo(DrainPolicy.LONG_CUT);
    }

    @Test
    void leavesTheWholeWindowToAServerThatIsAskedFirst() {
        Budget budget = of(30, SLOW.asked(true));

        assertThat(budget.stopAt()).isEqualTo(budget.killAt()).isEqualTo(seconds(27));
        assertThat(budget.cutAt()).isEqualTo(seconds(24));
    }

    @Test
    void killsServerThatExitsSlowlyRatherThanHalveTheDrain() {
        assertThat(of(30, SLOW)).isEqualTo(of(30, StopNeeds.PROMPT));
    }

    @Test
    void addsTeardownToShutdownTimeoutOfVllm() {
        Budget budget = of(120, StopNeeds.vllm(seconds(20)));

        assertThat(budget.killAt().minus(budget.stopAt())).isEqualTo(seconds(25));
        assertThat(StopNeeds.vllm(Duration.ZERO)).isEqualTo(StopNeeds.PROMPT);
    }

    @Test
    void keepsNoTimeForStopOfServerThatIsNotStopped() {
        Budget budget = of(120, StopNeeds.NOTHING_TO_STOP);

        assertThat(budget.stopAt()).isEqualTo(budget.killAt()).isEqualTo(seconds(115));
        assertThat(budget.cutAt()).isEqualTo(seconds(107));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE / 2_000_000_000, -5, 0, 1})
    void givesPassedOrNearDeadlineTheMinimalWindow(long windowSeconds) {
        Budget budget = of(windowSeconds, StopNeeds.PROMPT);

        assertThat(budget.window()).isEqualTo(DrainPolicy.MINIMAL_WINDOW);
        assertThat(budget.settledAt()).isLessThan(Duration.ofMillis(250));
        assertThat(budget.cutAt()).isPositive();
    }

    @Test
    void namesWhatDoesNotFit() {
        var policy = new DrainPolicy(seconds(40), seconds(30), seconds(20), seconds(20));

        assertThat(policy.misfits(seconds(30), StopNeeds.PROMPT)).hasSize(4)
                .anySatisfy(misfit -> assertThat(misfit).startsWith("safetyMargin 40.0 s"))
                .anySatisfy(misfit -> assertThat(misfit).startsWith("settleTime 30.0 s"))
                .anySatisfy(misfit -> assertThat(misfit).startsWith("cutGrace 20.0 s"))
                .anySatisfy(misfit -> assertThat(misfit).startsWith("stopGrace 20.0 s"));
        assertThat(DrainPolicy.DEFAULT.misfits(seconds(30), StopNeeds.PROMPT)).isEmpty();
        assertThat(new DrainPolicy(seconds(10), seconds(5), seconds(5), seconds(5)).misfits(seconds(120),
                StopNeeds.PROMPT)).isEmpty();
    }

    @Test
    void refusesNegativeParts() {
        assertThatThrownBy(() -> new DrainPolicy(seconds(-1), null, null, null)).hasMessageContaining("safetyMargin");
    }

    @Property(tries = 2000)
    void keepsPhasesInOrderAndBeforeTheDeadlineWhateverThePolicy(@ForAll("windows") Duration window,
            @ForAll("policies") DrainPolicy policy, @ForAll("needs") StopNeeds needs) {
        Budget budget = policy.budget(window, needs);

        Duration given = window.compareTo(DrainPolicy.MINIMAL_WINDOW) < 0 ? DrainPolicy.MINIMAL_WINDOW : window;
        assertThat(budget.window()).isEqualTo(given);
        assertThat(budget.killAt()).isLessThanOrEqualTo(given);
        assertThat(budget.settledAt()).isBetween(Duration.ZERO, budget.cutAt());
        assertThat(budget.cutAt()).isBetween(budget.killAt().dividedBy(2).minusNanos(10), budget.stopAt());
        assertThat(budget.stopAt()).isLessThanOrEqualTo(budget.killAt());
        assertThat(budget.killAt()).isGreaterThanOrEqualTo(given.multipliedBy(69).dividedBy(100));
    }

    @Provide
    static Arbitrary<Duration> windows() {
        return Arbitraries.oneOf(Arbitraries.longs().between(-10_000, 200_000).map(Duration::ofMillis),
                Arbitraries.longs().between(-1000, 90_000).map(Duration::ofMinutes));
    }

    @Provide
    static Arbitrary<DrainPolicy> policies() {
        Arbitrary<@Nullable Duration> part = Arbitraries.longs()
                .between(0, 300_000)
                .map(Duration::ofMillis)
                .injectNull(0.4);
        return Combinators.combine(part, part, part, part).as(DrainPolicy::new);
    }

    @Test
    void aServerThatTheKubeletEndsBeforeTheDeadlineHasAShorterWindow() {
        StopNeeds ordinaryPodOnGke = new StopNeeds(true, Duration.ZERO, Duration.ofSeconds(15));
        Budget budget = DrainPolicy.DEFAULT.budget(Duration.ofSeconds(30), ordinaryPodOnGke);
        assertThat(budget.killAt()).isLessThanOrEqualTo(Duration.ofSeconds(12));
        assertThat(budget.cutAt()).isGreaterThanOrEqualTo(budget.killAt().dividedBy(2));
        assertThat(DrainPolicy.DEFAULT.budget(Duration.ofSeconds(5), ordinaryPodOnGke).window())
                .isEqualTo(DrainPolicy.MINIMAL_WINDOW);
    }

    @Provide
    static Arbitrary<StopNeeds> needs() {
        return Combinators
                .combine(Arbitraries.of(true, false), Arbitraries.longs().between(0, 120_000),
                        Arbitraries.of(true, false))
                .as((stops, grace, first) -> new StopNeeds(stops, Duration.ofMillis(grace)).asked(first));
    }
}
