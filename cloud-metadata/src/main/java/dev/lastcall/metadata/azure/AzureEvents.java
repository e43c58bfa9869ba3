// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.azure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

import dev.lastcall.metadata.EventApproval;
import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.MetadataProblem.Kind;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeSource;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.http.MetadataAnswer;
import dev.lastcall.metadata.http.MetadataTransport;
import dev.lastcall.metadata.poll.PollSchedule;
import dev.lastcall.metadata.poll.PollingSource;
import tools.jackson.databind.json.JsonMapper;

/** The source of Scheduled Events, {@code azure-events}. Thread-safe. */
public final class AzureEvents implements NoticeSource, EventApproval {

    /** Its name. */
    public static final String NAME = "azure-events";

    /** What Azure allows in a VM's name, and the underscore before a scale set's instance number. */
    private static final Pattern VM_NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private final AzureSettings settings;
    private final AzureServer server;
    private final EventsReader reader;
    private final PollingSource polling;
    private volatile String ownName;
    private volatile List<AzureEvent> current = List.of();
    private boolean answered;
    private String lastBody = "";
    private Observation lastSeen = Observation.ABSENT;

    /** A source that has not begun. */
    public AzureEvents(AzureSettings settings, MetadataTransport transport, NodeClock clock, RandomGenerator random) {
        this.settings = settings;
        this.server = new AzureServer(transport, settings.endpoint());
        this.reader = new EventsReader(NAME, settings);
        this.ownName = settings.resourceName();
        this.polling = new PollingSource(NAME, Role.DECISIVE, this::look, new PollSchedule(settings::poll, random),
                clock);
    }

    private Observation look() throws InterruptedException {
        MetadataAnswer answer = server.events(answered ? settings.timeout() : settings.firstTimeout());
        if (!(answer instanceof MetadataAnswer.Response response) || response.status() != 200) {
            return new Observation.Unknown(server.explainEvents(answer));
        }
        answered = true;
        // The document, its DocumentIncarnation included, is the one that was read before. What it announces for this VM is calculated
        // again all the same: a machine that was paused finds that less is left.
        if (response.body().equals(lastBody) && lastSeen instanceof Observation.Absent) {
            return lastSeen;
        }
        Observation seen = read(response);
        boolean understood = !(seen instanceof Observation.Unknown);
        lastBody = understood ? response.body() : "";
        lastSeen = seen;
        return seen;
    }

    private Observation read(MetadataAnswer.Response response) throws InterruptedException {
        try {
            EventsParser.Events document = EventsParser.parse(response.body());
            if (!document.events().isEmpty() && ownName.isEmpty()) {
                Optional<MetadataProblem> problem = learnName();
                if (problem.isPresent()) {
                    return new Observation.Unknown(problem.get());
                }
            }
            List<AzureEvent> own = document.events().stream().filter(event -> event.affects(ownName)).toList();
            current = own;
            return Observation.of(reader.read(own, document.misread(), response.at()));
        } catch (MalformedAnswerException e) {
            String asked = server.explainEvents(response).message();
            return new Observation.Unknown(new MetadataProblem(Kind.MALFORMED, asked + ": " + e.getMessage()));
        }
    }

    private Optional<MetadataProblem> learnName() throws InterruptedException {
        MetadataAnswer answer = server.name(settings.timeout());
        if (answer instanceof MetadataAnswer.Response response && response.status() == 200
                && VM_NAME.matcher(response.body().strip()).matches()) {
            ownName = response.body().strip();
            return Optional.empty();
        }
        MetadataProblem plain = server.explainName(answer);
        return Optional.of(new MetadataProblem(plain.kind(),
                plain.message()
                        + "; there are events, and without this VM's name it is unknown whether they are for it"));
    }

    @Override
    public boolean approvesWhenIdle() {
        return settings.approveWhenIdle();
    }

    /**
     * Approves the event behind {@code key}: Azure may start it now. Blocks the calling virtual thread for at most one exchange.
     *
     * <p>Nothing is sent, and the answer says so, unless approval is configured, the event is active, has not started, and affects this
     * VM alone: an approval counts for all VMs that the event names.
     *
     * @return why it was not approved; empty where it was
     */
    @Override
    public Optional<MetadataProblem> approve(NoticeKey key) throws InterruptedException {
        if (!settings.approveWhenIdle()) {
            return refused("approval is not configured");
        }
        Optional<AzureEvent> event = current.stream()
                .filter(candidate -> new NoticeKey(NAME, key.kind(), candidate.id()).equals(key))
                .findFirst();
        if (event.isEmpty() || event.get().started()) {
            return refused("the event is gone or has started");
        }
        if (event.get().resources().size() > 1) {
            return refused("the event affects " + event.get().resources().size()
                    + " VMs, and approving it would speak for all");
        }
        String json = new JsonMapper()
                .writeValueAsString(Map.of("StartRequests", List.of(Map.of("EventId", event.get().id()))));
        MetadataAnswer answer = server.approve(json, settings.timeout());
        boolean approved = answer instanceof MetadataAnswer.Response response && response.status() == 200;
        return approved ? Optional.empty() : Optional.of(server.explainApproval(answer));
    }

    private static Optional<MetadataProblem> refused(String why) {
        return Optional.of(new MetadataProblem(Kind.DENIED, "event not approved: " + why));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration lookInterval() {
        return settings.poll();
    }

    @Override
    public void start(ObservationSink sink) {
        polling.start(sink);
    }

    @Override
    public void lookNow() {
        polling.lookNow();
    }

    @Override
    public boolean isRunning() {
        return polling.isRunning();
    }

    @Override
    public void close() {
        polling.close();
    }
}
