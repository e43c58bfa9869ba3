// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.time.AnswerTime;
import dev.lastcall.metadata.time.CalculatedDeadline;
import dev.lastcall.metadata.time.DeadlineCalculator;

/**
 * Posts what EC2 says by EventBridge, as {@link AwsSources} post what the instance metadata say: the same kinds, the same window,
 * the same policy of a rebalance recommendation. No later event takes one back, so a notice is active until the caller takes it
 * back. Thread-safe.
 */
public final class Ec2Events {

    /** The name of these notices' source. */
    public static final String SOURCE = "aws-events";

    /** An event is delivered again and again for up to a day; one whose window was over for longer than this is not acted on. */
    public static final Duration LATE = DeadlineCalculator.READ_LATE;

    /** A recommendation that is older says nothing of the present. */
    public static final Duration OLD = Duration.ofMinutes(10);

    /** Events whose ids are remembered; an instance has few in its life. */
    private static final int MAX_REMEMBERED = 64;

    private static final NoticeKey INTERRUPTION = NoticeKey.of(SOURCE, NoticeKind.SPOT_INTERRUPTION);
    private static final NoticeKey REBALANCE = NoticeKey.of(SOURCE, NoticeKind.REBALANCE);

    private final NoticeBoard board;
    private final AwsSettings settings;
    private final NodeClock clock;
    private final Set<String> taken = Collections.newSetFromMap(new LinkedHashMap<>() { // guarded by this
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_REMEMBERED;
        }
    });

    /** What has come of an event. */
    public sealed interface Outcome {

        /** It is a notice. */
        record Posted(Notice notice) implements Outcome {}

        /** It came before, and nothing more follows from it. */
        record Repeated() implements Outcome {}

        /** It is about another instance. */
        record OtherInstance() implements Outcome {}

        /**
         * It is not of the present.
         *
         * @param by how long ago it was sent
         */
        record Old(Duration by) implements Outcome {}
    }

    /** Posts on {@code board}; nothing yet. */
    public Ec2Events(NoticeBoard board, AwsSettings settings, NodeClock clock) {
        this.board = board;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Takes an event.
     *
     * @param own this instance
     */
    public synchronized Outcome take(Ec2Event event, String own) {
        if (!event.instance().equals(own)) {
            return new Outcome.OtherInstance();
        }
        if (taken.contains(event.id())) {
            return new Outcome.Repeated();
        }
        AnswerTime now = AnswerTime.now(clock);
        Duration age = event.time().map(sent -> Duration.between(sent, now.wallTime())).orElse(Duration.ZERO);
        Duration most = switch (event.type()) {
            case INTERRUPTION -> settings.spotWindow().plus(LATE);
            case REBALANCE -> OLD;
        };
        if (age.compareTo(most) > 0) {
            return new Outcome.Old(age);
        }
        Notice notice = switch (event.type()) {
            case INTERRUPTION -> interruption(event, now);
            case REBALANCE -> rebalance(event, now);
        };
        taken.add(event.id());
        board.offer(notice);
        return new Outcome.Posted(notice);
    }

    private Notice interruption(Ec2Event event, AnswerTime now) {
        DeadlineCalculator calculator = new DeadlineCalculator();
        Duration window = settings.spotWindow();
        SpotAction action = new SpotAction(event.action(), null);
        CalculatedDeadline calculated;
        if (action.isHibernate()) {
            calculated = calculator.calculateWindow(event.id(), now, Duration.ZERO,
                    "hibernation begins with the notice");
        } else {
            calculated = event.time()
                    .map(sent -> calculator.calculate(event.id(), sent.plus(window), now, window))
                    .orElseGet(() -> calculator.calculateWindow(event.id(), now, window,
                            "no readable time, " + window.toSeconds() + " s assumed"));
        }
        return calculated.notice(INTERRUPTION, Finality.FINAL,
                "EC2 will " + (action.isKnown() ? event.action() : "take back") + " this spot instance, by event "
                        + event.id());
    }

    private Notice rebalance(Ec2Event event, AnswerTime now) {
        String said = "EC2 sees a heightened risk of interruption, by event " + event.id();
        AwsSettings.Rebalance policy = settings.rebalance();
        return policy.drains()
                ? new DeadlineCalculator().calculateWindow(event.id(), now, policy.window(), "window as configured")
                        .notice(REBALANCE, Finality.FINAL, said)
                : new Notice(REBALANCE, Finality.ADVISORY, null, said);
    }

    /** Takes back what was posted. False where nothing was active. */
    public boolean takeBack() {
        boolean interruption = board.withdraw(INTERRUPTION);
        return board.withdraw(REBALANCE) || interruption;
    }
}
