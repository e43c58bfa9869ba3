// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.aws;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.ProviderText;
import dev.lastcall.metadata.http.JsonBody;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.time.ProviderTimes;
import tools.jackson.databind.JsonNode;

/**
 * What EC2 says of an instance by EventBridge. It is the word of the instance metadata, sent to whom a rule names.
 *
 * @param id of the event; one that is delivered again has the same
 * @param type which of the two it is
 * @param instance whom it is about
 * @param time when EC2 has sent it; empty where it does not say
 * @param action what will be done to the instance; empty where it does not say
 */
public record Ec2Event(String id, Type type, String instance, Optional<Instant> time, String action) {

    /** The events that are read. */
    public enum Type {
        /** The instance is taken back in two minutes ("Spot Instance interruption notices", EC2 User Guide). */
        INTERRUPTION("EC2 Spot Instance Interruption Warning"),
        /** The risk of that is heightened ("EC2 instance rebalance recommendations", EC2 User Guide). */
        REBALANCE("EC2 Instance Rebalance Recommendation");

        private final String detailType;

        Type(String detailType) {
            this.detailType = detailType;
        }

        private static Optional<Type> of(String detailType) {
            return INTERRUPTION.detailType.equals(detailType)
                    ? Optional.of(INTERRUPTION)
                    : REBALANCE.detailType.equals(detailType) ? Optional.of(REBALANCE) : Optional.empty();
        }
    }

    private static final String SOURCE = "aws.ec2";
    private static final String DETAIL_TYPE = "detail-type";
    private static final int SHOWN = 80;
    private static final Pattern INSTANCE = Pattern.compile("i-[0-9a-f]{8,32}");

    /** Whether a document has the form in which EventBridge sends events. */
    public static boolean isEnvelope(JsonNode document) {
        return document.has(DETAIL_TYPE);
    }

    /**
     * Reads an event as EventBridge sends it.
     *
     * @throws MalformedAnswerException if it is none of the two, or lacks what makes it one
     */
    public static Ec2Event ofEnvelope(JsonNode envelope) throws MalformedAnswerException {
        return of(text(envelope, "id"), text(envelope, "source"), text(envelope, DETAIL_TYPE), text(envelope, "time"),
                envelope.path("detail"));
    }

    /**
     * Reads an event from its parts.
     *
     * @param detail the object that names the instance
     * @throws MalformedAnswerException if it is none of the two, or lacks what makes it one
     */
    public static Ec2Event of(String id, String source, String type, String time, JsonNode detail)
            throws MalformedAnswerException {
        Optional<Type> known = Type.of(type);
        if (!source.equals(SOURCE) || known.isEmpty()) {
            throw new MalformedAnswerException("the event " + quoted(type) + " of " + quoted(source)
                    + " is no notice; read are " + quoted(Type.INTERRUPTION.detailType) + " and "
                    + quoted(Type.REBALANCE.detailType) + " of " + quoted(SOURCE));
        }
        if (id.isEmpty()) {
            throw new MalformedAnswerException("the event has no id");
        }
        String instance = text(detail, "instance-id");
        if (!INSTANCE.matcher(instance).matches()) {
            throw new MalformedAnswerException(
                    "the event names no instance: detail.instance-id is " + quoted(instance));
        }
        return new Ec2Event(ProviderText.printable(id, NoticeKey.MAX_EVENT_ID), known.get(), instance,
                ProviderTimes.parse(time), text(detail, "instance-action").toLowerCase(Locale.ROOT));
    }

    private static String text(JsonNode object, String field) {
        return JsonBody.text(object, field).orElse("");
    }

    private static String quoted(String text) {
        return "\"" + ProviderText.printable(text, SHOWN) + "\"";
    }
}
