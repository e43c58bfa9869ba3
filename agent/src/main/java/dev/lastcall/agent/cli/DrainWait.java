// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.lastcall.agent.status.view.StatusDocument;
import dev.lastcall.agent.status.view.StatusFormat;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.status.view.StatusView.DrainView;
import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;

/** Waits until each server of the node has the record of its drain, and judges what became of the requests. */
final class DrainWait {

    private static final Duration PACE = Duration.ofMillis(200);

    /** After the deadline the kill and the record still take a moment. */
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final AgentOptions agent;
    private final Terminal terminal;
    private final NodeClock clock;

    DrainWait(AgentOptions agent, Terminal terminal, NodeClock clock) {
        this.agent = agent;
        this.terminal = terminal;
        this.clock = clock;
    }

    /** {@link ExitCode#OK} if every server was drained and none of its requests was cut or lost. */
    ExitCode run() {
        try {
            return await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED;
        }
    }

    private ExitCode await() throws InterruptedException {
        StatusView first = status();
        StatusView.ReclamationView drained = first.reclamation();
        if (drained == null) {
            throw new CommandFailure(ExitCode.FAILURE, "the drain was taken back");
        }
        List<String> servers = first.servers().stream().map(StatusView.Server::name).toList();
        long end = clock.nanoTime() + drained.left().plus(GRACE).toNanos();
        StatusView now = first;
        while (!isOver(now, servers, drained.detectedAt())) {
            if (end - clock.nanoTime() <= 0) {
                throw new CommandFailure(ExitCode.DEADLINE,
                        "the deadline has passed, and the drain is not over; see lastcall status");
            }
            clock.sleep(PACE);
            now = status();
        }
        return judged(now, servers, drained.detectedAt());
    }

    private StatusView status() {
        try {
            return StatusDocument.read(agent.ask("GET", "/v1/status", "", terminal.environment()));
        } catch (IllegalArgumentException none) {
            throw new CommandFailure(ExitCode.FAILURE, "what answers there is no agent of this version", none);
        }
    }

    private static boolean isOver(StatusView now, List<String> servers, Instant detectedAt) {
        return servers.stream()
                .allMatch(server -> record(now, server, detectedAt).isPresent()
                        || now.servers().stream().noneMatch(there -> there.name().equals(server)));
    }

    private static Optional<DrainView> record(StatusView now, String server, Instant detectedAt) {
        return now.drains()
                .stream()
                .filter(drain -> drain.server().equals(server) && !drain.detectedAt().isBefore(detectedAt))
                .findFirst();
    }

    private ExitCode judged(StatusView now, List<String> servers, Instant detectedAt) {
        boolean clean = true;
        for (String server : servers) {
            Optional<DrainView> drained = record(now, server, detectedAt);
            terminal.out()
                    .println(AnsiColors.plain(server) + ": " + drained.map(DrainWait::summary)
                            .orElse("left the node, and no record of its drain is there"));
            clean &= drained.filter(DrainWait::isClean).isPresent();
        }
        return clean ? ExitCode.OK : ExitCode.FAILURE;
    }

    private static String summary(DrainView drain) {
        return drain.outcome() + " after " + StatusFormat.span(drain.took()) + ", "
                + (drain.lost() == null ? "losses are not counted without a gate" : drain.lost() + " lost") + ", "
                + StatusFormat.number(drain.cut()) + " cut" + (drain.dryRun() ? " (dry run)" : "");
    }

    /** Without a gate the server's own gauges have to do: they said that nothing was in flight. */
    private static boolean isClean(DrainView drain) {
        return drain.outcome().equals("drained") && !drain.dryRun() && isZero(drain.lost()) && isZero(drain.cut());
    }

    private static boolean isZero(@Nullable Long count) {
        return count == null || count == 0;
    }
}
