// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status.view;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.lastcall.warmup.text.SafeText;
import org.jspecify.annotations.Nullable;

/**
 * What the agent sees and does at one instant, for people and programs. Ages and remaining times are measured on the
 * monotonic clock when the view is made; instants are the host's calendar time, for reading only.
 *
 * @param version of the program
 * @param at when the view was made
 * @param uptime since the agent began
 * @param dryRun whether the agent only watches
 * @param cloud which cloud this is, and how that is known
 * @param instance what is known of this node, in the order to show it
 * @param conditions what an operator should know, worst first; empty when all is well
 * @param sources where notices come from
 * @param notices what the sources say at present, the one that sets the deadline first
 * @param reclamation the standing final notice; null without one
 * @param servers what is drained
 * @param models what is kept warm, in the order of the configuration
 * @param drains the last drains, newest first
 */
public record StatusView(String version, Instant at, Duration uptime, boolean dryRun, CloudView cloud,
        Map<String, String> instance, List<Condition> conditions, List<Source> sources, List<NoticeView> notices,
        @Nullable ReclamationView reclamation, List<Server> servers, List<ModelView> models,
        List<DrainView> drains) {

    public StatusView {
        conditions = List.copyOf(conditions);
        sources = List.copyOf(sources);
        notices = List.copyOf(notices);
        servers = List.copyOf(servers);
        models = List.copyOf(models);
        drains = List.copyOf(drains);
    }

    /** The severity of a condition that takes the node's protection away. */
    private static final String CRITICAL = "critical";

    /** Whether nothing that protection needs is missing. */
    public boolean isProtected() {
        return conditions.stream().noneMatch(Condition::isCritical);
    }

    /**
     * Which cloud this is.
     *
     * @param name the cloud's name, {@code none} where there is none and as long as it is not known
     * @param state {@code found}, {@code detecting} or {@code none configured}
     * @param evidence what decided, or what was found instead
     */
    public record CloudView(String name, String state, String evidence) {}

    /**
     * Something that an operator should know.
     *
     * @param code the same in status, logs, metrics and documents, such as {@code source-blind}
     * @param severity {@code critical} (the node is not protected), {@code warning} or {@code info}
     * @param subject what it concerns, such as a source's or a server's name
     * @param message what is wrong with it
     * @param remedy what to do about it; empty where nothing is to be done
     */
    public record Condition(String code, String severity, String subject, String message, String remedy) {
        public Condition {
            message = SafeText.of(message);
        }

        /** Whether the node is not protected because of it. */
        public boolean isCritical() {
            return severity.equals(CRITICAL);
        }
    }

    /**
     * Where notices come from.
     *
     * @param name its name
     * @param state what its last look gave: {@code absent}, {@code present}, {@code unknown}, or {@code starting}
     * @param sinceGoodLook since its last definite answer; null if there was none yet
     * @param problem why its last look failed; empty if it did not
     */
    public record Source(String name, String state, @Nullable Duration sinceGoodLook, String problem) {
        public Source {
            problem = SafeText.of(problem);
        }
    }

    /**
     * A notice.
     *
     * @param source who says so
     * @param kind what it is about
     * @param finality {@code final}, {@code final-before} or {@code advisory}
     * @param left to its own time; null if it names none
     * @param description what the provider said
     */
    public record NoticeView(String source, String kind, String finality, @Nullable Duration left,
            String description) {
        public NoticeView {
            description = SafeText.of(description);
        }
    }

    /**
     * The node is being taken back.
     *
     * @param source whose notice sets the deadline
     * @param kind what it is about
     * @param detectedAt when the first final notice was seen
     * @param window from then to the deadline
     * @param left to the deadline; negative once it has passed
     */
    public record ReclamationView(String source, String kind, Instant detectedAt, Duration window, Duration left) {}

    /**
     * A server.
     *
     * @param name its name
     * @param kind what it is
     * @param url where it serves
     * @param gate where its gate listens; empty without one
     * @param doorOpen whether requests get in
     * @param phase of its drain: {@code open}, {@code closed}, {@code draining}, {@code cutting}, {@code stopping},
     *        {@code stopped}, {@code withdrawn-after-stop}
     * @param inFlight requests in flight; null where that cannot be read
     * @param counts what became of its requests; null without a gate, which alone can count
     */
    public record Server(String name, String kind, String url, String gate, boolean doorOpen, String phase,
            @Nullable Integer inFlight, @Nullable Counts counts) {
        public Server {
            url = SafeText.of(url);
        }
    }

    /**
     * Requests since the agent began.
     *
     * @param admitted let in
     * @param completed with their response wholly written to the client
     * @param refused not let in
     * @param cut ended by the agent
     * @param lost whose client got a broken answer
     */
    public record Counts(long admitted, long completed, long refused, long cut, long lost) {}

    /**
     * A drain that has ended.
     *
     * @param server whose
     * @param kind what it is
     * @param detectedAt when
     * @param source by what
     * @param description what the provider said
     * @param outcome how it ended
     * @param window from the notice to the deadline
     * @param took from the notice to its end
     * @param inFlightAtNotice requests in flight then; null, like the counts below, where that could not be read
     * @param admitted let in since the notice
     * @param completed of those let in
     * @param refused while the door was closed
     * @param cut at the end
     * @param lost whose client got a broken answer
     * @param unused how much of the window was not needed
     * @param steps when it came to what
     * @param killed whether a SIGKILL was needed
     * @param dryRun whether all of it was pretended
     * @param problems what went wrong on the way
     */
    public record DrainView(String server, String kind, Instant detectedAt, String source, String description,
            String outcome, Duration window, Duration took, @Nullable Integer inFlightAtNotice,
            @Nullable Long admitted, @Nullable Long completed, @Nullable Long refused, @Nullable Long cut,
            @Nullable Long lost, Duration unused, DrainSteps steps, boolean killed, boolean dryRun,
            List<String> problems) {
        public DrainView {
            description = SafeText.of(description);
            problems = problems.stream().map(SafeText::of).toList();
        }
    }

    /**
     * When a drain came to what, from its notice on; null what it did not come to.
     *
     * @param announced the door was announced to close
     * @param closed the door was closed
     * @param idle nothing was in flight any more
     * @param cut what was left began to be cut
     * @param stopSent the server was asked to stop
     */
    public record DrainSteps(@Nullable Duration announced, @Nullable Duration closed, @Nullable Duration idle,
            @Nullable Duration cut, @Nullable Duration stopSent) {

        /** None is known. */
        public static final DrainSteps NONE = new DrainSteps(null, null, null, null, null);
    }
}
