// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.NodeClock;

/**
 * Asks again, beside a question that hangs, every {@link #INTERVAL}, and takes the first answer of use. A server that has come back
 * is so heard within that time, however long a question that was lost in its outage may still wait.
 *
 * <p>The first question keeps its whole bound, because some servers take long for it; of those asked beside it the newest
 * {@link #BESIDE} are waited for. An answer that says that the server cannot (5xx, 429) and a failure are of use only once nothing
 * else is waited for. A held request, an approval and whatever else must not be put twice is passed through.
 *
 * <p>Thread-safe.
 */
public final class HedgedTransport implements MetadataTransport {

    /** A link-local server answers within milliseconds; what takes this long is asked again. */
    public static final Duration INTERVAL = Duration.ofMillis(700);

    /** Most questions beside the first one: each may hold a connection. */
    static final int BESIDE = 3;

    private final MetadataTransport transport;
    private final NodeClock clock;

    /** A transport that asks by {@code transport}, which bounds each question. */
    public HedgedTransport(MetadataTransport transport, NodeClock clock) {
        this.transport = transport;
        this.clock = clock;
    }

    @Override
    public MetadataAnswer ask(MetadataRequest request) throws InterruptedException {
        boolean repeatable = request.retriesStale() && request.method() != MetadataRequest.Method.POST;
        return repeatable && request.total().compareTo(INTERVAL) > 0
                ? new Race(request).run()
                : transport.ask(request);
    }

    /** One question and those beside it. The thread that asks runs {@link #run}; each question has a thread of its own. */
    private final class Race {
        private final MetadataRequest request;
        private final long end;
        private final BlockingQueue<Turn> turns = new LinkedBlockingQueue<>();
        private final Deque<Thread> beside = new ArrayDeque<>();

        private Race(MetadataRequest request) {
            this.request = request;
            this.end = clock.nanoTime() + request.total().toNanos();
        }

        private MetadataAnswer run() throws InterruptedException {
            Thread first = put(request);
            Thread timer = Thread.ofVirtual().name("metadata-hedge").start(this::time);
            int waitedFor = 1;
            MetadataAnswer failure = failed(request + ": no answer");
            try {
                while (true) {
                    switch (turns.take()) {
                        case Answered(MetadataAnswer answer, Thread asker) -> {
                            waitedFor--;
                            beside.remove(asker);
                            if (isOfUse(answer)) {
                                return answer;
                            }
                            if (asker.equals(first)) {
                                // Of the failures, that of the question which had its whole bound says most.
                                failure = answer;
                            }
                            if (waitedFor == 0) {
                                return failure;
                            }
                        }
                        case Late late -> {
                            if (beside.size() == BESIDE) {
                                // Its answer counts if one still comes; it is only no longer waited for.
                                beside.removeFirst().interrupt();
                            }
                            long left = end - clock.nanoTime();
                            if (left > 0) {
                                beside.addLast(put(request.within(Duration.ofNanos(left))));
                                waitedFor++;
                            }
                        }
                    }
                }
            } finally {
                timer.interrupt();
                first.interrupt();
                beside.forEach(Thread::interrupt);
            }
        }

        private Thread put(MetadataRequest question) {
            return Thread.ofVirtual().name("metadata-question").start(() -> {
                MetadataAnswer answer;
                try {
                    answer = transport.ask(question);
                } catch (InterruptedException givenUp) {
                    answer = failed(request + ": given up");
                } catch (RuntimeException | Error fault) {
                    answer = failed(request + ": " + fault);
                }
                turns.add(new Answered(answer, Thread.currentThread()));
            });
        }

        private void time() {
            try {
                while (end - clock.nanoTime() > INTERVAL.toNanos()) {
                    clock.sleep(INTERVAL);
                    turns.add(new Late());
                }
            } catch (InterruptedException over) {
                // The race is over.
            }
        }
    }

    private static MetadataAnswer failed(String why) {
        return new MetadataAnswer.Failed(new MetadataProblem(MetadataProblem.Kind.UNREACHABLE, why));
    }

    private static boolean isOfUse(MetadataAnswer answer) {
        return answer instanceof MetadataAnswer.Response response && response.status() < 500
                && response.status() != 429;
    }

    /** What the thread that asks hears of. */
    private sealed interface Turn {}

    private record Answered(MetadataAnswer answer, Thread asker) implements Turn {}

    /** It is time to ask beside. */
    private record Late() implements Turn {}
}
