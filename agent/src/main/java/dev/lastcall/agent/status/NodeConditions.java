// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.lastcall.agent.conditions.Condition;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.conditions.ConditionCode;
import dev.lastcall.agent.drain.DrainSnapshot;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.servers.LocalServer;
import dev.lastcall.metadata.BoardSnapshot;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.SourceStatus;

/**
 * The conditions that follow from what the agent's parts show: sources, doors, servers, the deadline. Registers a check of
 * each on the {@link ConditionBoard}.
 */
public final class NodeConditions {

    private static final String NODE = "node";

    private final NoticeBoard notices;
    private final Drains drains;
    private final Supplier<List<LocalServer>> servers;
    private final NodeClock clock;

    public NodeConditions(NoticeBoard notices, Drains drains, Supplier<List<LocalServer>> servers, NodeClock clock) {
        this.notices = notices;
        this.drains = drains;
        this.servers = servers;
        this.clock = clock;
    }

    /**
     * Registers the checks.
     *
     * @param watching whether every source that there will be is on the notice board
     * @param serversExpected whether a node without a server is out of order
     */
    public void register(ConditionBoard board, BooleanSupplier watching, boolean serversExpected) {
        board.watch(ConditionCode.NO_SOURCE, () -> noSource(watching.getAsBoolean()));
        board.watch(ConditionCode.NO_GOOD_POLL, this::noGoodPoll);
        board.watch(ConditionCode.SOURCE_BLIND, this::blind);
        board.watch(ConditionCode.OVERDUE, this::overdue);
        board.watch(ConditionCode.DOOR_CLOSED, this::closedDoors);
        board.watch(ConditionCode.DRAIN_UNCONFIRMED, () -> drains.awaitingConfirmation()
                .stream()
                .map(server -> Condition.of(ConditionCode.DRAIN_UNCONFIRMED, server,
                        "was being drained when the agent was restarted; the deadline has passed, and no source has "
                                + "confirmed the notice yet"))
                .toList());
        board.watch(ConditionCode.SERVER_UNOBSERVABLE, this::unobservable);
        board.watch(ConditionCode.NO_SERVER, () -> serversExpected && servers.get().isEmpty()
                ? List.of(Condition.of(ConditionCode.NO_SERVER, NODE, "has no server that a notice would drain"))
                : List.of());
    }

    private List<Condition> noSource(boolean watching) {
        return watching && notices.snapshot().sources().isEmpty()
                ? List.of(Condition.of(ConditionCode.NO_SOURCE, NODE, "has no source of notices"))
                : List.of();
    }

    private List<Condition> noGoodPoll() {
        List<SourceStatus> all = notices.snapshot().sources();
        List<SourceStatus> decisive = all.stream()
                .filter(source -> source.role() == NoticeSource.Role.DECISIVE)
                .toList();
        // A file that an operator may make says nothing of a metadata service that does not answer.
        List<SourceStatus> needed = decisive.isEmpty() ? all : decisive;
        if (needed.isEmpty() || needed.stream().anyMatch(NodeConditions::sees)) {
            return List.of();
        }
        return List.of(Condition.of(ConditionCode.NO_GOOD_POLL, NODE, "has had no good poll lately of "
                + needed.stream().map(SourceStatus::name).collect(Collectors.joining(", "))));
    }

    private static boolean sees(SourceStatus source) {
        return source.lastSuccessNanos() != null && !source.blind();
    }

    private List<Condition> blind() {
        return notices.snapshot()
                .sources()
                .stream()
                .filter(SourceStatus::blind)
                .map(source -> Condition.of(ConditionCode.SOURCE_BLIND, source.name(), "has had no good poll "
                        + source.sinceGoodLook(clock)
                                .map(since -> "for " + since.toSeconds() + " s")
                                .orElse("since the start")
                        + Optional.ofNullable(source.lastProblem())
                                .map(MetadataProblem::message)
                                .map(problem -> ": " + problem)
                                .orElse("")))
                .toList();
    }

    private List<Condition> overdue() {
        BoardSnapshot now = notices.snapshot();
        return now.overdue().isZero()
                ? List.of()
                : List.of(Condition.of(ConditionCode.OVERDUE, "deadline",
                        "passed " + now.overdue().toSeconds() + " s ago and the node still runs"));
    }

    private List<Condition> closedDoors() {
        if (notices.reclamation().isPresent()) {
            return List.of();
        }
        return drains.snapshots()
                .stream()
                .filter(drain -> drain.doorClosed() && !drain.dryRun())
                .map(NodeConditions::closedDoor)
                .toList();
    }

    private static Condition closedDoor(DrainSnapshot drain) {
        return Condition.of(ConditionCode.DOOR_CLOSED, drain.server(),
                "lets no request in although no notice is active (" + drain.phase().label() + ")");
    }

    private List<Condition> unobservable() {
        List<Condition> conditions = new ArrayList<>();
        for (LocalServer local : servers.get()) {
            if (local.sampler().newest() instanceof InFlight.Unobservable(String reason)) {
                conditions.add(Condition.of(ConditionCode.SERVER_UNOBSERVABLE, local.server().name(),
                        "cannot be counted, so its drain waits by time: " + reason));
            }
        }
        return conditions;
    }
}
