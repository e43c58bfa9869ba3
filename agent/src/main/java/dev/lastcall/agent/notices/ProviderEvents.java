// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import dev.lastcall.agent.api.OperatorActions.Answer;
import dev.lastcall.agent.api.ReceivedEvent;
import dev.lastcall.agent.drain.Drains;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.Reclamation;
import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.aws.Ec2Event;
import dev.lastcall.metadata.aws.Ec2Events;
import dev.lastcall.metadata.http.JsonBody;
import dev.lastcall.metadata.http.MalformedAnswerException;
import tools.jackson.databind.JsonNode;

/** Takes the events that a provider sends about this instance to the notice board. Thread-safe. */
final class ProviderEvents {

    /** The name of this instance among what it says of itself. */
    private static final String INSTANCE = "instance";

    private final NoticeBoard board;
    private final Drains drains;
    private final Supplier<Map<String, String>> facts;
    private final Ec2Events events;
    private final NodeClock clock;

    /** @param facts what the instance says of itself by now */
    ProviderEvents(NoticeBoard board, Drains drains, Supplier<Map<String, String>> facts, AwsSettings settings,
            NodeClock clock) {
        this.board = board;
        this.drains = drains;
        this.facts = facts;
        this.events = new Ec2Events(board, settings, clock);
        this.clock = clock;
    }

    /**
     * Takes an event.
     *
     * @throws IllegalArgumentException if it is none that is read; the message is for the caller
     */
    Answer take(ReceivedEvent received) {
        Ec2Event event = read(received);
        String own = facts.get().getOrDefault(INSTANCE, "");
        if (own.isEmpty()) {
            return new Answer.Refused(
                    "it is not known which instance this is, because the instance metadata of AWS have not "
                            + "said so yet; the event is about " + event.instance());
        }
        return switch (events.take(event, own)) {
            case Ec2Events.Outcome.OtherInstance _ -> new Answer.Inapplicable("the event is about the instance "
                    + event.instance() + ", and this is " + own + ": nothing is done");
            case Ec2Events.Outcome.Old(Duration by) -> new Answer.Inapplicable("the event was sent " + by.toSeconds()
                    + " s ago by this node's calendar, which is too long ago: nothing is done; `lastcall drain` drains by hand");
            case Ec2Events.Outcome.Repeated _ -> new Answer.Accepted("this event came before: nothing more is done");
            case Ec2Events.Outcome.Posted(Notice notice) -> posted(notice);
        };
    }

    private Answer posted(Notice notice) {
        Optional<Reclamation> active = board.reclamation();
        if (active.isEmpty()) {
            return new Answer.Accepted("published; nothing is drained for it");
        }
        Deadline deadline = notice.deadline();
        if (deadline != null) {
            drains.confirm(Optional.of(deadline));
        }
        return new Answer.Accepted("draining, " + active.get().deadline().remaining(clock).toSeconds()
                + " s left to the deadline set by " + active.get().notice().key());
    }

    /** Withdraws what was taken. False where nothing was active. */
    boolean takeBack() {
        return events.takeBack();
    }

    /** Whether this is the word of an event. */
    static boolean isOfEvent(Reclamation active) {
        return active.notice().key().source().equals(Ec2Events.SOURCE);
    }

    private static Ec2Event read(ReceivedEvent received) {
        try {
            JsonNode data = JsonBody.object(received.data());
            return Ec2Event.isEnvelope(data)
                    ? Ec2Event.ofEnvelope(data)
                    : Ec2Event.of(received.id(), received.source(), received.type(), received.time(), data);
        } catch (MalformedAnswerException malformed) {
            throw new IllegalArgumentException(malformed.getMessage(), malformed);
        }
    }
}
