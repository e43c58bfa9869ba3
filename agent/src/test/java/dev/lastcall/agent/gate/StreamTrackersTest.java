// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the trackers find in a stream does not depend on how it is split. */
class StreamTrackersTest {

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static SseTracker after(String text) {
        SseTracker watch = new SseTracker();
        watch.pass(bytes(text));
        return watch;
    }

    @Test
    void doneIsOnlyAWholeEventOfThatVeryText() {
        assertThat(after("data: [DONE]\n\n").isDone()).isTrue();
        assertThat(after("data:[DONE]\r\n\r\n").isDone()).isTrue();
        assertThat(after(": hi\n\ndata: 1\n\ndata: [DONE]\n\n").isDone()).isTrue();
        assertThat(after("data: [DONE]").isDone()).isFalse();
        assertThat(after("data: [DONE]\n").isDone()).isFalse();
        assertThat(after("data: [DONE]x\n\n").isDone()).isFalse();
        assertThat(after("data: \"data: [DONE]\"\n\n").isDone()).isFalse();
        assertThat(after("xdata: [DONE]\n\n").isDone()).isFalse();
        assertThat(after("data: [DONE]" + "x".repeat(100) + "\n\n").isDone()).isFalse();
    }

    @Test
    void endMarksOfOtherApisCountToo() {
        assertThat(after("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n").isDone()).isTrue();
        assertThat(after("event:message_stop\r\ndata: {}\r\n\r\n").isDone()).isTrue();
        assertThat(after("event: response.completed\ndata: {}\n\n").isDone()).isTrue();
        assertThat(after("event: response.incomplete\ndata: {}\n\n").isDone()).isTrue();
        assertThat(after("event: response.failed\ndata: {}\n\n").isDone()).isTrue();
        assertThat(after("event: message_stop\ndata: {}\n").isDone()).isFalse();
        assertThat(after("event: message_delta\ndata: {}\n\n").isDone()).isFalse();
        assertThat(after("event: response.completed.x\ndata: {}\n\n").isDone()).isFalse();
        assertThat(after("data: event: message_stop\n\n").isDone()).isFalse();
    }

    @Test
    void aStreamIsBetweenEventsOnlyAfterAnEmptyLine() {
        assertThat(after("").isBetweenEvents()).isTrue();
        assertThat(after("data: 1\n\n").isBetweenEvents()).isTrue();
        assertThat(after("data: 1\r\n\r\n").isBetweenEvents()).isTrue();
        assertThat(after("data: 1\r\n\r").isBetweenEvents()).isFalse();
        assertThat(after("data: 1\n").isBetweenEvents()).isFalse();
        assertThat(after("data: 1\n\nd").isBetweenEvents()).isFalse();
        assertThat(after("x".repeat(5000)).isBetweenEvents()).isFalse();
    }

    @Test
    void theFirstEndOfAnEventIsFound() {
        SseTracker watch = after("data: a");

        assertThat(watch.passToEventEnd(bytes("bc"))).isEqualTo(-1);
        assertThat(watch.passToEventEnd(bytes("\n\ndata: d\n\n"))).isEqualTo(2);
        assertThat(watch.isBetweenEvents()).isTrue();
    }

    @Property(tries = 300)
    void eventsAreTheSameHoweverChopped(@ForAll @Size(max = 12) List<@IntRange(max = 8) Integer> pieces,
            @ForAll @IntRange(min = 1, max = 9) int step) {
        String[] texts = {"data: [DONE]", "\n", "\n\n", "\r\n", "data: x", ":", "data:[DONE]\n\n",
            "event: message_stop\n", "event: response.incomplete"};
        StringBuilder text = new StringBuilder();
        pieces.forEach(i -> text.append(texts[i]));
        SseTracker whole = after(text.toString());
        SseTracker chopped = new SseTracker();
        for (int at = 0; at < text.length(); at += step) {
            chopped.pass(bytes(text.substring(at, Math.min(text.length(), at + step))));
        }

        assertThat(chopped.isBetweenEvents()).isEqualTo(whole.isBetweenEvents());
        assertThat(chopped.isDone()).isEqualTo(whole.isDone());
    }

    @Property(tries = 300)
    void framesEndWhereTheyEndHoweverChopped(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 70_000) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 5000) int step, @ForAll boolean masked) {
        WebSocketFrameTracker watch = new WebSocketFrameTracker();
        for (int length : lengths) {
            byte[] frame = frame(length, masked);
            for (int at = 0; at < frame.length; at += step) {
                assertThat(at == 0 || !watch.isBetweenFrames()).isTrue();
                watch.pass(Unpooled.wrappedBuffer(frame, at, Math.min(step, frame.length - at)));
            }
            assertThat(watch.isBetweenFrames()).isTrue();
            assertThat(watch.isClosed()).isFalse();
        }
        watch.pass(Unpooled.wrappedBuffer(new byte[]{(byte) 0x88, 0}));
        assertThat(watch.isClosed()).isTrue();
    }

    private static byte[] frame(int length, boolean masked) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        int mask = masked ? 0x80 : 0;
        frame.write(0x82);
        if (length < 126) {
            frame.write(mask | length);
        } else if (length < 65_536) {
            frame.write(mask | 126);
            frame.write(length >>> 8);
            frame.write(length);
        } else {
            frame.write(mask | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write(shift > 31 ? 0 : length >>> shift);
            }
        }
        if (masked) {
            frame.writeBytes(new byte[]{1, 2, 3, 4});
        }
        frame.writeBytes(new byte[length]);
        return frame.toByteArray();
    }
}
