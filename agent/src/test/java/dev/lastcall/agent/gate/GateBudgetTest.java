// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The budget holds whatever is asked of it, and has room for those who hold little. */
class GateBudgetTest {

    private static final long LIMIT = 1024 * 1024;
    private static final long KIB = 1024;

    private final GateBudget budget = GateBudget.of(LIMIT, 3);

    private static InetAddress address(int number) {
        try {
            return InetAddress.getByAddress(new byte[]{10, 0, 0, (byte) number});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @Property(tries = 200)
    void neverHoldsMoreThanItsLimitAndEndsAtNothing(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 1_000_000) Integer> steps) {
        GateBudget any = GateBudget.of(LIMIT, 3);
        List<GateBudget.Account> accounts = new ArrayList<>();
        Set<Integer> evicted = new HashSet<>();
        for (int step : steps) {
            int number = accounts.size();
            if (step % 4 == 0) {
                accounts.add(any.open(address(step % 5), () -> evicted.add(number)));
            } else if (!accounts.isEmpty()) {
                GateBudget.Account account = accounts.get(step % accounts.size());
                switch (step % 4) {
                    case 1 -> account.setEvictable(step % 3 == 0);
                    case 2 -> account.close();
                    default -> account.hold(step);
                }
            }
            assertThat(any.heldBytes()).isBetween(0L, LIMIT);
        }
        accounts.forEach(GateBudget.Account::close);
        assertThat(any.heldBytes()).isZero();
    }

    @Test
    void oneAddressLeavesTheReserveToOthers() {
        GateBudget.Account greedy = budget.open(address(1), () -> {});
        assertThat(greedy.hold(LIMIT * 3 / 4)).isTrue();
        assertThat(greedy.hold(LIMIT * 3 / 4 + KIB)).isFalse();

        GateBudget.Account modest = budget.open(address(2), () -> {});
        assertThat(modest.hold(LIMIT / 32)).isTrue();
        assertThat(modest.hold(LIMIT / 32 + KIB)).isFalse();
        assertThat(budget.isTight()).isTrue();
    }

    @Test
    void roomComesFromTheOldestOfTheSameAddressThatServesNoRequest() {
        List<String> evicted = new ArrayList<>();
        for (String name : List.of("serving", "old", "young")) {
            GateBudget.Account account = budget.open(address(1), () -> evicted.add(name));
            account.hold(LIMIT / 4);
            account.setEvictable(!name.equals("serving"));
        }
        GateBudget.Account next = budget.open(address(1), () -> {});
        assertThat(next.hold(LIMIT / 8)).isTrue();
        assertThat(evicted).containsExactly("old");
        assertThat(budget.heldBytes()).isEqualTo(LIMIT / 2 + LIMIT / 8);

        assertThat(next.hold(LIMIT)).isFalse();
        assertThat(evicted).containsExactly("old", "young");
    }

    @Test
    void addressesThatHoldLittleTakeRoomFromThoseThatHoldMuch() {
        AtomicInteger evicted = new AtomicInteger();
        for (int i = 0; i < 40; i++) {
            GateBudget.Account account = budget.open(address(10 + i), evicted::incrementAndGet);
            account.hold(LIMIT / 32);
            account.setEvictable(true);
        }
        GateBudget.Account honest = budget.open(address(1), () -> {});

        assertThat(honest.hold(8 * KIB)).isTrue();
        assertThat(evicted.get()).isPositive();
        assertThat(budget.heldBytes()).isLessThanOrEqualTo(LIMIT);
    }

    @Test
    void addressesOfOneNetworkOfTheNewProtocolShare() throws Exception {
        GateBudget.Account one = budget.open(InetAddress.getByName("2001:db8::1"), () -> {});
        assertThat(one.hold(LIMIT * 3 / 4)).isTrue();

        assertThat(budget.open(InetAddress.getByName("2001:db8::2"), () -> {}).hold(KIB)).isFalse();
        assertThat(budget.open(InetAddress.getByName("2001:db8:1::2"), () -> {}).hold(KIB)).isTrue();
    }

    @Test
    void closedAccountHoldsNothingWhateverComesLate() {
        GateBudget.Account account = budget.open(address(1), () -> {});
        account.hold(KIB);
        account.close();
        account.hold(4 * KIB);
        account.settle(4 * KIB);

        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void connectionsBeyondTheDescriptorsWait() {
        AtomicInteger resumed = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            assertThat(budget.hasDescriptors(resumed::incrementAndGet)).isTrue();
            budget.connected();
        }
        assertThat(budget.hasDescriptors(resumed::incrementAndGet)).isFalse();
        assertThat(resumed.get()).isZero();
        budget.disconnected();

        assertThat(resumed.get()).isEqualTo(1);
    }

    @Test
    void descriptorsAreKeptForTheRestOfTheProcess() {
        assertThat(Descriptors.connections(1024)).isEqualTo((1024 - Descriptors.RESERVED) / 2);
        assertThat(Descriptors.connections(100)).isEqualTo(16);
        assertThat(Descriptors.connections(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
        assertThat(
                Descriptors.limit("Limit   Soft   Hard\nMax open files            1024                 4096   files\n"))
                .isEqualTo(1024);
        assertThat(Descriptors.limit("Max open files            unlimited            unlimited  files\n"))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void budgetWithoutRoomIsRefused() {
        assertThatThrownBy(() -> GateBudget.of(1000, 3)).hasMessageContaining("1000 B");
        assertThatThrownBy(() -> GateBudget.of(LIMIT, 0)).hasMessageContaining("0 connections");
    }
}
