// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import dev.lastcall.agent.drain.Drains;
import dev.lastcall.metadata.NoticeEvent;

/**
 * The order in which the notice board calls its listeners. At a notice: first those that only send something off (to gates in
 * pods, to the mark on the node), which much else would precede on the same event loop; then the doors of this process; then those
 * that notify doors and people elsewhere; then the drains' own work, whose threads would otherwise take the processors. At
 * anything else the drains
 * come first, because a pod that is let go of takes its drain with it.
 */
public final class NoticeDispatchOrder {

    private static final Predicate<NoticeEvent> IS_NOTICED = NoticeEvent.Noticed.class::isInstance;

    private NoticeDispatchOrder() {}

    public static List<NoticeEvent.Listener> inOrder(TerminationMarkerFile mark, Drains drains,
            List<NoticeEvent.Listener> ahead,
            List<NoticeEvent.Listener> outlets, NoticeLog noticeLog) {
        List<NoticeEvent.Listener> hearers = new ArrayList<>();
        hearers.add(mark::withdrawn);
        ahead.forEach(first -> hearers.add(when(IS_NOTICED, first)));
        hearers.add(drains::turnDoors);
        outlets.stream()
                .filter(outlet -> !ahead.contains(outlet))
                .forEach(outlet -> hearers.add(when(IS_NOTICED, outlet)));
        hearers.add(drains);
        outlets.forEach(outlet -> hearers.add(when(IS_NOTICED.negate(), outlet)));
        hearers.add(noticeLog);
        hearers.add(mark::noticed);
        return hearers;
    }

    private static NoticeEvent.Listener when(Predicate<NoticeEvent> which, NoticeEvent.Listener hearer) {
        return event -> {
            if (which.test(event)) {
                hearer.on(event);
            }
        };
    }
}
