// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.permissions;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.metadata.LoopObserver;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.SupervisedLoop;

/** Checks at the start, and then now and again, what permissions are missing, and reports them. Thread-safe. */
public final class PermissionMonitor implements AutoCloseable {

    /** While nothing is missing. */
    private static final Duration CALM = Duration.ofMinutes(1);

    /** While something is, so that a person sees soon that it is there: a server that starts late writes its pid file late. */
    private static final Duration ALERT = Duration.ofSeconds(10);

    private final Supplier<List<Condition>> look;
    private final ConditionBoard board;
    private final SupervisedLoop loop;

    /** @param look what is missing now; may block */
    public PermissionMonitor(Supplier<List<Condition>> look, ConditionBoard board, NodeClock clock,
            LoopObserver loops) {
        this.look = look;
        this.board = board;
        this.loop = new SupervisedLoop("rights", clock, loops, this::watch);
    }

    /** Begins to look. Called once. */
    public void start() {
        loop.start();
    }

    private SupervisedLoop.Next watch() {
        List<Condition> missing = look.get();
        for (ConditionCode code : List.of(ConditionCode.CANNOT_STOP, ConditionCode.CANNOT_WRITE,
                ConditionCode.UNTRUSTED_DIRECTORY, ConditionCode.SECRET_READABLE)) {
            board.report(code, missing.stream().filter(one -> one.code() == code).toList());
        }
        return SupervisedLoop.Next.after(missing.isEmpty() ? CALM : ALERT);
    }

    @Override
    public void close() {
        loop.end();
    }
}
