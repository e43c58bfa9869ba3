// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/** One client that asks, reads the answer, and asks again, on a kept-alive connection. Confined to its thread. */
final class LoadClient implements Runnable {

    /** A client that was refused looks elsewhere before it comes back here. */
    private static final Duration PAUSE_AFTER_REFUSAL = Duration.ofMillis(250);
    /**
     * A kept-alive connection that ends this soon after a request was written, without a byte, was being closed as idle
     * while the request was on its way; HTTP clients send it again on a new connection (RFC 9112, 9.3.1).
     */
    private static final Duration RACE = Duration.ofMillis(250);

    private final LoadPlan plan;
    private final boolean streaming;
    private final RandomGenerator random;
    private final LoadTally tally;
    private @Nullable LoadConnection connection;

    LoadClient(LoadPlan plan, boolean streaming, RandomGenerator random, LoadTally tally) {
        this.plan = plan;
        this.streaming = streaming;
        this.random = random;
        this.tally = tally;
    }

    @Override
    public void run() {
        while (tally.isRunning()) {
            if (!plan.routed().getAsBoolean()) {
                tally.routedElsewhere();
                pause();
                continue;
            }
            RequestOutcome requestOutcome = ask();
            tally.ended(requestOutcome);
            if (requestOutcome.fate() != Fate.COMPLETE) {
                pause();
            }
        }
        drop();
    }

    private void pause() {
        LockSupport.parkNanos(PAUSE_AFTER_REFUSAL.toNanos());
    }

    private RequestOutcome ask() {
        int tokens = random.nextInt(plan.fewestTokens(), plan.mostTokens() + 1);
        byte[] request = LoadConnection.request(plan.endpoint(), body(tokens));
        long asked = System.nanoTime();
        tally.asked();
        while (true) {
            LoadConnection open;
            try {
                open = connect();
            } catch (IOException failure) {
                boolean refused = failure instanceof ConnectException;
                return end(refused ? Fate.UNCONNECTED : Fate.LOST_UNANSWERED, "connecting: " + failure.getMessage(),
                        asked);
            }
            long sent = System.nanoTime();
            boolean reused = open.isUsed();
            Judgement judgement;
            try {
                open.send(request);
                LoadResponseHead head = open.readHead();
                judgement = new AnswerJudge(tokens, plan.cutting()).judge(head, open.body(head));
                if (head.closesConnection() || judgement.fate().verdict() == Verdict.LOST || !isDelimited(head)) {
                    drop();
                }
            } catch (SocketTimeoutException silent) {
                drop();
                judgement = new Judgement(Fate.LOST_HUNG, "before an answer began");
            } catch (IOException broken) {
                drop();
                boolean unbegun = !(broken instanceof BrokenOffException off) || off.isBeforeFirstByte();
                if (reused && unbegun && System.nanoTime() - sent < RACE.toNanos()) {
                    tally.racedIdleClose();
                    continue;
                }
                judgement = new Judgement(Fate.LOST_UNANSWERED, AnswerJudge.describe(broken));
            }
            return end(judgement.fate(), judgement.detail(), sent);
        }
    }

    private static boolean isDelimited(LoadResponseHead head) {
        return head.isChunked() || head.contentLength() >= 0;
    }

    private RequestOutcome end(Fate fate, String detail, long sent) {
        return new RequestOutcome(fate, detail, streaming, sent, System.nanoTime());
    }

    /** The kept-alive connection, or a new one where there is none or its peer has closed it. */
    private LoadConnection connect() throws IOException {
        LoadConnection kept = connection;
        if (kept != null && kept.isClosedByPeer()) {
            tally.idleClosed();
            drop();
            kept = null;
        }
        if (kept == null) {
            kept = LoadConnection.open(plan.endpoint(), plan.silence());
            connection = kept;
        }
        return kept;
    }

    private void drop() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    /** {@code ignore_eos} makes vLLM, SGLang and llama-server produce exactly as many tokens as they are asked for. */
    private String body(int tokens) {
        return "{\"model\":\"" + plan.model().replaceAll("[\"\\\\\\p{Cntrl}]", "_")
                + "\",\"prompt\":\"The last round is\",\"max_tokens\":" + tokens + ",\"ignore_eos\":true,\"stream\":"
                + streaming + (streaming ? ",\"stream_options\":{\"include_usage\":true}}" : "}");
    }
}
