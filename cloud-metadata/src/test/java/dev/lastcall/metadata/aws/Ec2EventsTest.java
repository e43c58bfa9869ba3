// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.metadata.BoardSnapshot;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeBoard;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.aws.Ec2Events.Outcome;
import dev.lastcall.metadata.http.JsonBody;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.testing.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class Ec2EventsTest {

    private static final String OWN = "i-0123456789abcdef0";

    private final ManualClock clock = new ManualClock();
    private final List<NoticeEvent> heard = new ArrayList<>();
    private final NoticeBoard board = new NoticeBoard(clock, List.of(heard::add));
    private Ec2Events events = new Ec2Events(board, AwsSettings.defaults(), clock);

    private static String envelope(Map<String, String> values) {
        return """
                {"version": "0", "id": "ID", "detail-type": "TYPE", "source": "SOURCE", "account": "123456789012",
                 "time": "TIME", "region": "us-east-2", "resources": ["arn:aws:ec2:us-east-2a:instance/INSTANCE"],
                 "detail": {"instance-id": "INSTANCE", "instance-action": "ACTION"}}
                """.replace("ID\"", values.getOrDefault("id", "12345678-1234-1234-1234-123456789012") + "\"")
                .replace("TYPE", values.getOrDefault("type", "EC2 Spot Instance Interruption Warning"))
                .replace("SOURCE", values.getOrDefault("source", "aws.ec2"))
                .replace("TIME", values.getOrDefault("time", ManualClock.START.toString()))
                .replace("INSTANCE", values.getOrDefault("instance", OWN))
                .replace("ACTION", values.getOrDefault("action", "terminate"));
    }

    private static Ec2Event event(Map<String, String> values) {
        try {
            return Ec2Event.ofEnvelope(JsonBody.object(envelope(values)));
        } catch (MalformedAnswerException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static Ec2Event rebalance(String id) {
        return event(Map.of("id", id, "type", "EC2 Instance Rebalance Recommendation"));
    }

    private Outcome take(Ec2Event event) {
        return events.take(event, OWN);
    }

    private Duration left() {
        return board.reclamation().orElseThrow().deadline().remaining(clock);
    }

    @Test
    void anInterruptionIsAFinalNoticeOfTwoMinutesFromWhenItWasSent() {
        clock.advance(ofSeconds(5));
        assertThat(take(event(Map.of()))).isInstanceOf(Outcome.Posted.class);

        Notice notice = board.reclamation().orElseThrow().notice();
        assertThat(notice.key()).isEqualTo(NoticeKey.of("aws-events", NoticeKind.SPOT_INTERRUPTION));
        assertThat(notice.description()).contains("terminate").contains("12345678-1234-1234-1234-123456789012");
        assertThat(left()).isEqualTo(ofSeconds(115));
    }

    @Test
    void hibernationBeginsAtOnceAndAnEventWithoutAReadableTimeHasTheWholeWindow() {
        take(event(Map.of("time", "yyyy-mm-ddThh:mm:ssZ", "id", "a")));
        assertThat(left()).isEqualTo(ofMinutes(2));
        take(event(Map.of("action", "hibernate", "id", "b")));
        assertThat(left()).isZero();
    }

    @Test
    void theSameEventAgainIsNothingMoreNotEvenWhereItWasTakenBack() {
        take(event(Map.of()));
        assertThat(take(event(Map.of()))).isInstanceOf(Outcome.Repeated.class);
        assertThat(events.takeBack()).isTrue();
        assertThat(take(event(Map.of()))).isInstanceOf(Outcome.Repeated.class);
        assertThat(board.reclamation()).isEmpty();
        assertThat(events.takeBack()).isFalse();
    }

    @Test
    void anEventAndTheMetadataAreOneReclamation() {
        take(event(Map.of()));
        NoticeKey spot = NoticeKey.of("aws-spot", NoticeKind.SPOT_INTERRUPTION);
        board.observe("aws-spot", Observation.of(List.of(new Notice(spot, Finality.FINAL,
                board.reclamation().orElseThrow().deadline(), "EC2 will terminate this spot instance"))));
        take(event(Map.of("id", "another")));
        // The metadata say no: it is not theirs to take back what an event said.
        for (int i = 0; i < 5; i++) {
            clock.advance(ofSeconds(2));
            board.observe("aws-spot", Observation.ABSENT);
        }

        assertThat(heard).singleElement().isInstanceOf(NoticeEvent.Noticed.class);
        assertThat(board.snapshot().notices()).extracting(BoardSnapshot.Posted::notice)
                .extracting(Notice::key)
                .containsExactly(NoticeKey.of("aws-events", NoticeKind.SPOT_INTERRUPTION));
    }

    @Test
    void anEventAboutAnotherInstanceIsNothing() {
        assertThat(take(event(Map.of("instance", "i-0fedcba9876543210")))).isInstanceOf(Outcome.OtherInstance.class);
        assertThat(board.snapshot().notices()).isEmpty();
        assertThat(take(event(Map.of()))).isInstanceOf(Outcome.Posted.class);
    }

    @Test
    void anEventThatIsDeliveredTooLateIsNotActedOn() {
        clock.advance(ofSeconds(181));
        assertThat(take(event(Map.of()))).isEqualTo(new Outcome.Old(ofSeconds(181)));
        assertThat(board.snapshot().notices()).isEmpty();
        assertThat(take(event(Map.of("time", ManualClock.START.plusSeconds(1).toString()))))
                .isInstanceOf(Outcome.Posted.class);
        assertThat(left()).isZero();
    }

    @Test
    void aTimeFarAheadGivesNoMoreThanTheWindowAndALittle() {
        take(event(Map.of("time", Instant.parse("2027-01-01T00:00:00Z").toString())));
        assertThat(left()).isLessThanOrEqualTo(ofMinutes(3));
    }

    @Test
    void aRebalanceIsAdvisoryOrFinalAsForTheMetadata() {
        take(rebalance("a"));
        assertThat(board.reclamation()).isEmpty();
        assertThat(heard).singleElement().isInstanceOf(NoticeEvent.Advised.class);

        AwsSettings plain = AwsSettings.defaults();
        events = new Ec2Events(board, new AwsSettings(plain.endpoints(), plain.timeout(), plain.tokenTtl(),
                plain.allowImdsV1(), plain.spotPoll(), plain.otherPoll(), plain.spotWindow(),
                new AwsSettings.Rebalance(true, ofMinutes(7), ofSeconds(5)), plain.maintenance(), plain.scaleIn()),
                clock);
        take(rebalance("b"));
        assertThat(left()).isEqualTo(ofMinutes(7));
        clock.advance(Ec2Events.OLD.plusSeconds(1));
        assertThat(take(rebalance("c"))).isInstanceOf(Outcome.Old.class);
    }

    @Test
    void whatIsRememberedIsBounded() {
        for (int i = 0; i < 100; i++) {
            take(rebalance("event-" + i));
        }
        assertThat(take(rebalance("event-99"))).isInstanceOf(Outcome.Repeated.class);
        assertThat(take(rebalance("event-0"))).isInstanceOf(Outcome.Posted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"detail-type\": 7}",
        "{\"detail-type\": \"EC2 Instance State-change Notification\", \"source\": \"aws.ec2\", \"id\": \"a\"}",
        "{\"detail-type\": \"EC2 Spot Instance Interruption Warning\", \"source\": \"me\", \"id\": \"a\"}",
        "{\"detail-type\": \"EC2 Spot Instance Interruption Warning\", \"source\": \"aws.ec2\"}",
        "{\"detail-type\": \"EC2 Spot Instance Interruption Warning\", \"source\": \"aws.ec2\", \"id\": \"a\"}",
        "{\"detail-type\": \"EC2 Spot Instance Interruption Warning\", \"source\": \"aws.ec2\", \"id\": \"a\", \"detail\": [1]}",
        "{\"detail-type\": \"EC2 Spot Instance Interruption Warning\", \"source\": \"aws.ec2\", \"id\": \"a\", "
                + "\"detail\": {\"instance-id\": \"../../i-0123456789abcdef0\"}}"})
    void whatIsNoneOfTheTwoIsRefused(String envelope) {
        assertThatThrownBy(() -> Ec2Event.ofEnvelope(JsonBody.object(envelope)))
                .isInstanceOf(MalformedAnswerException.class)
                .hasMessageMatching("(?s).{10,400}");
    }

    @Test
    void anEventCanComeInParts() throws MalformedAnswerException {
        assertThat(Ec2Event.of("a", "aws.ec2", "EC2 Instance Rebalance Recommendation", "2026-11-24T12:00:00Z",
                JsonBody.object("{\"instance-id\": \"" + OWN + "\"}")))
                .isEqualTo(new Ec2Event("a", Ec2Event.Type.REBALANCE, OWN, Optional.of(ManualClock.START), ""));
    }
}
