// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.lastcall.agent.api.ModelAdmin;
import dev.lastcall.agent.conditions.ConditionBoard;
import dev.lastcall.agent.drain.DrainSnapshot;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.agent.gate.Gate;
import dev.lastcall.agent.gate.GateCounts;
import dev.lastcall.agent.notices.CloudFinding;
import dev.lastcall.agent.notices.NoticeSources;
import dev.lastcall.agent.server.InFlight;
import dev.lastcall.agent.servers.LocalServer;
import dev.lastcall.agent.status.view.StatusView;
import dev.lastcall.agent.values.ListenAddress;
import dev.lastcall.metadata.BoardSnapshot;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.metadata.SourceStatus;
import org.jspecify.annotations.Nullable;

/** Makes the view of the whole agent that people and programs get. Thread-safe; does not block. */
public final class StatusReporter implements Supplier<StatusView> {

    private final String version;
    private final boolean dryRun;
    private final NodeClock clock;
    private final NoticeBoard board;
    private final Drains drains;
    private final Supplier<List<LocalServer>> servers;
    private final NoticeSources sources;
    private final ModelAdmin models;
    private final ConditionBoard conditions;
    private final long started;

    public StatusReporter(String version, boolean dryRun, NodeClock clock, NoticeBoard board, Drains drains,
            Supplier<List<LocalServer>> servers, NoticeSources sources, ModelAdmin models,
            ConditionBoard conditions) {
        this.version = version;
        this.dryRun = dryRun;
        this.clock = clock;
        this.board = board;
        this.drains = drains;
        this.servers = servers;
        this.sources = sources;
        this.models = models;
        this.conditions = conditions;
        this.started = clock.nanoTime();
    }

    @Override
    public StatusView get() {
        BoardSnapshot now = board.snapshot();
        return new StatusView(version, clock.wallTime(), Duration.ofNanos(clock.nanoTime() - started), dryRun,
                cloud(), sources.instance(), conditions(),
                now.sources().stream().map(source -> source(source, now)).toList(), notices(now),
                reclamation(Optional.ofNullable(now.reclamation()).or(drains::standing)), servers(), models.models(),
                records());
    }

    private List<StatusView.Condition> conditions() {
        conditions.refresh();
        return conditions.active()
                .stream()
                .map(condition -> new StatusView.Condition(condition.code().label(),
                        condition.code().severity().label(), condition.subject(), condition.message(),
                        condition.remedy()))
                .toList();
    }

    private StatusView.CloudView cloud() {
        CloudFinding finding = sources.finding();
        return new StatusView.CloudView(finding.cloud().label(), finding.state().label(), finding.evidence());
    }

    private StatusView.Source source(SourceStatus source, BoardSnapshot now) {
        boolean present = now.notices()
                .stream()
                .anyMatch(posted -> posted.notice().key().source().equals(source.name()));
        String state = source.looks() == 0
                ? "starting"
                : source.failing() ? "unknown" : present ? "present" : "absent";
        String problem = source.failing() && source.lastProblem() != null
                ? Objects.requireNonNull(source.lastProblem()).message()
                : "";
        return new StatusView.Source(source.name(), state, source.sinceGoodLook(clock).orElse(null), problem);
    }

    private List<StatusView.NoticeView> notices(BoardSnapshot now) {
        return now.notices()
                .stream()
                .sorted(Comparator.comparing(posted -> !isDeadlines(posted.notice(), now.reclamation())))
                .map(posted -> new StatusView.NoticeView(posted.notice().key().source(),
                        posted.notice().key().kind().label(), finality(posted), left(posted.notice().deadline()),
                        posted.notice().description()))
                .toList();
    }

    private static boolean isDeadlines(Notice notice, @Nullable Reclamation reclamation) {
        return reclamation != null && reclamation.notice().key().equals(notice.key());
    }

    private static String finality(BoardSnapshot.Posted posted) {
        if (posted.isFinal()) {
            return "final";
        }
        return switch (posted.notice().finality()) {
            case Finality.Final _ -> "final";
            case Finality.FinalBefore _ -> "final-before";
            case Finality.Advisory _ -> "advisory";
        };
    }

    private @Nullable Duration left(@Nullable Deadline deadline) {
        return deadline == null ? null : Duration.ofNanos(deadline.nanoTime() - clock.nanoTime());
    }

    /** Where no door opens again after a withdrawal, the node is still not to be sent requests. */
    private StatusView.@Nullable ReclamationView reclamation(Optional<Reclamation> drained) {
        return drained.map(standing -> new StatusView.ReclamationView(standing.notice().key().source(),
                standing.notice().key().kind().label(), standing.detectedAt(), standing.window(),
                Duration.ofNanos(standing.deadline().nanoTime() - clock.nanoTime()))).orElse(null);
    }

    private List<StatusView.Server> servers() {
        Map<String, DrainSnapshot> byName = drains.snapshots()
                .stream()
                .collect(Collectors.toMap(DrainSnapshot::server, snapshot -> snapshot));
        List<StatusView.Server> views = new ArrayList<>();
        for (LocalServer local : servers.get()) {
            DrainSnapshot snapshot = byName.get(local.server().name());
            if (snapshot != null) {
                views.add(server(local, snapshot));
            }
        }
        return views;
    }

    private static StatusView.Server server(LocalServer local, DrainSnapshot snapshot) {
        Optional<GateCounts> counts = local.gate().map(Gate::counts);
        return new StatusView.Server(snapshot.server(), snapshot.kind().label(), local.url(),
                local.gate().map(Gate::address).map(StatusReporter::text).orElse(""), !snapshot.doorClosed(),
                snapshot.phase().label(), inFlight(local, snapshot),
                counts.map(StatusReporter::counts).orElse(null));
    }

    private static StatusView.Counts counts(GateCounts counts) {
        return new StatusView.Counts(counts.admitted(), counts.completed(), counts.refusedTotal(), counts.cutTotal(),
                counts.lost());
    }

    private static @Nullable Integer inFlight(LocalServer local, DrainSnapshot snapshot) {
        InFlight newest = local.sampler().newest();
        InFlight ofDrain = snapshot.lastReading();
        return known(newest instanceof InFlight.Exact || ofDrain == null ? newest : ofDrain);
    }

    private static String text(InetSocketAddress address) {
        return new ListenAddress(address.getAddress().getHostAddress(), address.getPort()).toString();
    }

    private static @Nullable Integer known(InFlight reading) {
        return switch (reading) {
            case InFlight.Exact(int count) -> count;
            case InFlight.Gauged gauged -> gauged.count();
            case InFlight.Unclear _,InFlight.Unobservable _ -> null;
        };
    }

    private List<StatusView.DrainView> records() {
        return drains.recent().reversed().stream().map(RecordedDrains::view).toList();
    }
}
