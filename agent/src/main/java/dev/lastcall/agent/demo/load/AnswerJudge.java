// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Judges one answer from its head and its bytes.
 *
 * <p>Whole is an answer that has its proper end, a reason for it, and exactly the tokens asked for; everything that a
 * client library would hand to its caller as a good answer without being whole is lost, however politely it ended.
 */
final class AnswerJudge {

    /** Answers are small here; a larger body is no answer to what was asked. */
    private static final int MAX_BODY_BYTES = 16 * 1024 * 1024;
    /** Client libraries stop trying again where they are asked to wait longer (openai-python, {@code _base_client.py}). */
    private static final int MAX_RETRY_AFTER_SECONDS = 120;
    /** The error code of a request that was let in and cut, as opposed to one that was never let in. */
    private static final String CODE_OF_A_CUT = "node_reclaimed";

    private final int tokens;
    private final BooleanSupplier cutting;

    AnswerJudge(int tokens, BooleanSupplier cutting) {
        this.tokens = tokens;
        this.cutting = cutting;
    }

    /** Reads {@code body} to its end and judges. */
    Judgement judge(LoadResponseHead head, InputStream body) {
        if (head.status() == 200) {
            return head.isEventStream() ? judgeStream(body) : judgePlain(body);
        }
        return judgeError(head, body);
    }

    private Judgement judgeError(LoadResponseHead head, InputStream body) {
        @Nullable
        CompletionMessage message;
        try {
            message = CompletionMessage.parse(readWhole(body));
        } catch (IOException broken) {
            return new Judgement(Fate.LOST_TRUNCATED, head.status() + ", then " + describe(broken));
        }
        if (head.status() != 503) {
            return new Judgement(Fate.LOST_ERROR, "status " + head.status());
        }
        if (message == null || message.error() == null) {
            return new Judgement(Fate.LOST_ERROR, "503 without a JSON error");
        }
        String after = head.header("retry-after");
        if (!after.matches("\\d{1,3}") || Integer.parseInt(after) > MAX_RETRY_AFTER_SECONDS) {
            return new Judgement(Fate.LOST_ERROR, "503 with Retry-After '" + after + "'");
        }
        boolean letIn = message.error().toLowerCase(Locale.ROOT).equals(CODE_OF_A_CUT);
        return new Judgement(letIn ? Fate.CUT_UNBEGUN : Fate.REFUSED, message.error());
    }

    private Judgement judgePlain(InputStream body) {
        String text;
        try {
            text = readWhole(body);
        } catch (IOException broken) {
            return brokenOff(broken, true);
        }
        CompletionMessage message = CompletionMessage.parse(text);
        if (message == null) {
            return new Judgement(Fate.LOST_HOLLOW, text.isEmpty() ? "empty 200" : "200 that is not JSON");
        }
        if (message.error() != null) {
            return new Judgement(Fate.LOST_HOLLOW, "200 with error " + message.error());
        }
        return judgeWhole(message.finishReason(), message.text().isEmpty(), message.completionTokens());
    }

    private Judgement judgeStream(InputStream body) {
        String finish = "";
        String error = "";
        long counted = -1;
        boolean silent = true;
        boolean done = false;
        IOException broken = null;
        try {
            var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("data:")) {
                    continue;
                }
                String data = line.substring(5).trim();
                if (data.equals("[DONE]")) {
                    done = true;
                    continue;
                }
                CompletionMessage message = CompletionMessage.parse(data);
                if (message == null) {
                    return new Judgement(Fate.LOST_TRUNCATED, "an event that is not JSON");
                }
                if (message.error() != null) {
                    error = message.error();
                }
                finish = message.finishReason().isEmpty() ? finish : message.finishReason();
                counted = Math.max(counted, message.completionTokens());
                silent &= message.text().isEmpty();
            }
        } catch (IOException failure) {
            broken = failure;
        }
        if (!error.isEmpty()) {
            return done
                    ? new Judgement(Fate.LOST_HOLLOW, "error " + error + ", then [DONE]")
                    : new Judgement(Fate.CUT_STREAM, error);
        }
        if (broken != null) {
            return brokenOff(broken, false);
        }
        return done
                ? judgeWhole(finish, silent, counted)
                : new Judgement(Fate.LOST_TRUNCATED, "ended as if whole, without [DONE]");
    }

    private Judgement judgeWhole(String finish, boolean silent, long counted) {
        if (!finish.equals("length") && !finish.equals("stop")) {
            return new Judgement(Fate.LOST_HOLLOW, "finish_reason '" + finish + "'");
        }
        if (silent) {
            return new Judgement(Fate.LOST_HOLLOW, "no text");
        }
        if (counted != tokens) {
            return new Judgement(Fate.LOST_HOLLOW, counted + " tokens of " + tokens);
        }
        return Judgement.COMPLETE;
    }

    /** A stream that breaks off says nothing of itself; a plain body's framing does, and is honest only in a cut. */
    private Judgement brokenOff(IOException broken, boolean framingShows) {
        if (broken instanceof SocketTimeoutException) {
            return new Judgement(Fate.LOST_HUNG, "within the answer");
        }
        boolean honest = framingShows && cutting.getAsBoolean();
        return new Judgement(honest ? Fate.CUT_BODY : Fate.LOST_TRUNCATED, describe(broken));
    }

    static String describe(IOException broken) {
        String message = broken.getMessage();
        return message == null ? broken.getClass().getSimpleName() : message;
    }

    private static String readWhole(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_BODY_BYTES);
        if (body.read() >= 0) {
            throw new IOException("a body of more than " + MAX_BODY_BYTES + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
