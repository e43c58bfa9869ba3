// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.outbound;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.Severity;
import dev.lastcall.agent.kubernetes.node.Protection;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;
import org.jspecify.annotations.Nullable;

/**
 * Says on the node's object whether the node is protected, as the board of conditions has it. What is missing is said at once;
 * that nothing is missing any more is said when it has been so for a while, so that a condition that comes and goes does not
 * write to the cluster each time. Runs in a loop of its own.
 */
final class NodeProtection implements AutoCloseable {

    /** Nothing has been missing for so long before it is said. */
    static final Duration STABLE = Duration.ofSeconds(10);

    /** Between two messages under the same reason. */
    static final Duration MESSAGE_INTERVAL = Duration.ofMinutes(5);

    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final int MAX_MESSAGE = 1000;

    private final ConditionBoard board;
    private final Consumer<Protection> node;
    private final NodeClock clock;
    private final SupervisedLoop loop;
    private @Nullable Protection said; // confined to the loop, and so are those below
    private boolean begun;
    private long saidAt;
    private long wholeSince;

    /** @param node takes what is to be said; must not block */
    NodeProtection(ConditionBoard board, Consumer<Protection> node, NodeClock clock, LoopObserver loops) {
        this.board = board;
        this.node = node;
        this.clock = clock;
        this.loop = new SupervisedLoop("node protection", clock, loops, () -> {
            look();
            return SupervisedLoop.Next.after(INTERVAL);
        });
    }

    /** Begins. Called once. */
    void start() {
        loop.start();
    }

    private void look() {
        if (!begun) {
            board.refresh();
            wholeSince = clock.nanoTime();
            begun = true;
        }
        Protection now = of(board.active());
        long time = clock.nanoTime();
        boolean due = switch (now) {
            case Protection.Unprotected missing -> {
                wholeSince = time;
                yield !(said instanceof Protection.Unprotected before) || !before.reason().equals(missing.reason())
                        || (!before.equals(missing) && time - saidAt >= MESSAGE_INTERVAL.toNanos());
            }
            case Protection.Protected _ -> !now.equals(said) && time - wholeSince >= STABLE.toNanos();
            case Protection.Unsaid _ -> false;
        };
        if (due) {
            said = now;
            saidAt = time;
            node.accept(now);
        }
    }

    /** The worst comes first, and is the reason. */
    private static Protection of(List<Condition> active) {
        List<Condition> missing = active.stream().filter(one -> one.code().severity() == Severity.CRITICAL).toList();
        if (missing.isEmpty()) {
            return new Protection.Protected();
        }
        String message = missing.stream()
                .map(one -> one.code().label() + " " + one.subject() + ": " + one.message())
                .collect(Collectors.joining("; "));
        return new Protection.Unprotected(reason(missing.getFirst().code().label()),
                message.substring(0, Math.min(message.length(), MAX_MESSAGE)));
    }

    /** A label in the camel case that Kubernetes wants: {@code no-good-poll} is {@code NoGoodPoll}. */
    static String reason(String label) {
        StringBuilder reason = new StringBuilder();
        for (String word : label.split("-", -1)) {
            if (!word.isEmpty()) {
                reason.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
            }
        }
        return reason.toString();
    }

    @Override
    public void close() {
        loop.end();
    }
}
