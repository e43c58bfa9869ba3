// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.metadata.NoticeEvent.Noticed;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BoardListenersTest {

    private final ManualClock clock = new ManualClock();

    @Test
    void throwingListenerIsCountedAndTheOthersHear() {
        List<NoticeEvent> heard = new ArrayList<>();
        NoticeBoard fragile = new NoticeBoard(clock, List.of(event -> {
            throw new IllegalStateException("broken");
        }, heard::add));
        fragile.observe("aws-spot", Observation.of(List.of(notice("aws-spot", NoticeKind.SPOT_INTERRUPTION, 120))));

        assertThat(heard).hasSize(1);
        assertThat(fragile.snapshot().listenerFailures()).isEqualTo(1);
        assertThat(fragile.snapshot().lastListenerFailure()).contains("broken");
    }

    @Test
    void eventsOfAListenersOwnCallFollowAfterTheCurrentEvent() {
        List<String> heard = new ArrayList<>();
        NoticeBoard[] self = new NoticeBoard[1];
        self[0] = new NoticeBoard(clock, List.of(event -> {
            heard.add("first:" + event.getClass().getSimpleName());
            if (event instanceof Noticed noticed && !noticed.restored()) {
                self[0].offer(notice("os-shutdown", NoticeKind.OS_SHUTDOWN, 5));
            }
        }, event -> heard.add("second:" + event.getClass().getSimpleName())));
        self[0].observe("aws-spot", Observation.of(List.of(notice("aws-spot", NoticeKind.SPOT_INTERRUPTION, 120))));

        assertThat(heard).containsExactly("first:Noticed", "second:Noticed", "first:DeadlineMoved",
                "second:DeadlineMoved");
    }

    private Notice notice(String source, NoticeKind kind, int seconds) {
        return new Notice(NoticeKey.of(source, kind), Finality.FINAL, Deadline.in(Duration.ofSeconds(seconds), clock),
                "scripted");
    }
}
