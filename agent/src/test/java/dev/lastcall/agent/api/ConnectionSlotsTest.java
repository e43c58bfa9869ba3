// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.agent.api.ConnectionSlots.Peer;
import dev.lastcall.agent.api.ConnectionSlots.Place;
import dev.lastcall.agent.api.ConnectionSlots.Use;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionSlotsTest {

    private static final Peer KUBELET = new Peer("127.0.0.1", true);
    private static final Peer GREEDY = new Peer("10.0.0.9", false);

    private final ConnectionSlots connectionSlots = new ConnectionSlots();
    private final List<String> evicted = new ArrayList<>();

    @Test
    void oldestConnectionOfTheGreediestPeerGoesFirst() {
        List<Place> modest = enter(new Peer("10.0.0.1", false), 5, Use.WAITING);
        List<Place> greedy = enter(GREEDY, Use.WAITING.forStrangers() - 5, Use.WAITING);

        Place late = enter(new Peer("10.0.0.2", false), 1, Use.WAITING).getFirst();

        assertThat(connectionSlots.has(late)).isTrue();
        assertThat(connectionSlots.has(greedy.getFirst())).isFalse();
        assertThat(greedy.subList(1, greedy.size())).allMatch(connectionSlots::has);
        assertThat(modest).allMatch(connectionSlots::has);
        assertThat(evicted).containsExactly("10.0.0.9 WAITING");
    }

    @ParameterizedTest
    @EnumSource(Use.class)
    void strangersNeverTakeThePlacesThatAreKeptForThisMachine(Use use) {
        assertThat(use.places() - use.forStrangers()).isPositive();
        for (int i = 0; i < 300; i++) {
            enter(new Peer("10.0." + i / 250 + "." + i % 250, false), 1, use);
        }
        evicted.clear();

        List<Place> near = enter(KUBELET, use.places() - use.forStrangers(), use);

        assertThat(near).allMatch(connectionSlots::has);
        assertThat(evicted).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Use.class)
    void thisMachineGoesBeforeStrangersWhereAllIsTaken(Use use) {
        for (int i = 0; i < 300; i++) {
            enter(new Peer("10.0." + i / 250 + "." + i % 250, false), 1, use);
        }

        List<Place> near = enter(KUBELET, use.places(), use);

        assertThat(near).allMatch(connectionSlots::has);
    }

    @Test
    void aHookThatIsHeldGivesWayToNoHookOfAPeerThatHasAsMany() {
        List<Place> held = new ArrayList<>();
        for (int i = 0; i < Use.HOLDING.forStrangers(); i++) {
            held.addAll(enter(new Peer("10.0.1." + i, false), 1, Use.HOLDING));
        }

        Place late = enter(new Peer("10.0.2.1", false), 1, Use.HOLDING).getFirst();

        assertThat(connectionSlots.has(late)).isFalse();
        assertThat(held).allMatch(connectionSlots::has);
    }

    @Test
    void readersNeverTakeTheUseOfOthers() {
        enter(GREEDY, Use.READING.places() * 3, Use.READING);

        assertThat(enter(GREEDY, 1, Use.HOLDING)).allMatch(connectionSlots::has);
        assertThat(enter(GREEDY, 1, Use.WAITING)).allMatch(connectionSlots::has);
    }

    @Test
    void aPlaceThatIsLeftIsFree() {
        List<Place> all = enter(KUBELET, Use.HOLDING.places(), Use.HOLDING);
        assertThat(enter(KUBELET, 1, Use.HOLDING)).noneMatch(connectionSlots::has);

        connectionSlots.leave(all.getFirst());

        assertThat(enter(KUBELET, 1, Use.HOLDING)).allMatch(connectionSlots::has);
        assertThat(evicted).isEmpty();
    }

    /** Whichever other peers are connected, and in whatever order they came: a peer gets its first place if another has two. */
    @Property(tries = 300)
    void noPeerIsTurnedAwayForOneThatHasMore(
            @ForAll @Size(min = 100, max = 400) List<@IntRange(max = 30) Integer> arrivals) {
        ConnectionSlots crowded = new ConnectionSlots();
        Map<Integer, Integer> counts = new HashMap<>();
        for (int peer : arrivals) {
            Place place = crowded.enter(new Peer("10.0.0." + peer, false), use -> {});
            crowded.move(place, Use.HOLDING);
            counts.merge(peer, 1, Integer::sum);
        }
        Place first = crowded.enter(new Peer("10.9.9.9", false), use -> {});

        assertThat(crowded.move(first, Use.HOLDING)).isTrue();
    }

    private List<Place> enter(Peer peer, int times, Use use) {
        List<Place> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            Place place = connectionSlots.enter(peer, was -> evicted.add(peer.name() + " " + was));
            if (use != Use.WAITING) {
                connectionSlots.move(place, use);
            }
            all.add(place);
        }
        return all;
    }
}
