// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata;

/**
 * What makes two looks speak of the same notice: source, kind and the provider's event id. Never the time, because some
 * sources move the time on every read.
 *
 * @param source the name of the source, as in configuration and metrics
 * @param kind what the notice is about
 * @param eventId the provider's id of the event, or empty where the provider has none; cut to
 *     {@value #MAX_EVENT_ID} printable characters
 */
public record NoticeKey(String source, NoticeKind kind, String eventId) {

    /** Longest event id kept; the providers' own are GUIDs and {@code instance-event-…} names of about 40. */
    public static final int MAX_EVENT_ID = 128;

    public NoticeKey {
        eventId = ProviderText.printable(eventId, MAX_EVENT_ID);
    }

    /** The key of a notice whose provider gives no event id. */
    public static NoticeKey of(String source, NoticeKind kind) {
        return new NoticeKey(source, kind, "");
    }

    /** As people and log lines name it: {@code aws-spot/spot-interruption}, with {@code #id} where there is one. */
    @Override
    public String toString() {
        return source + "/" + kind.label() + (eventId.isEmpty() ? "" : "#" + eventId);
    }
}
