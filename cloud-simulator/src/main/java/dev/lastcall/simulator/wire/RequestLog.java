// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.wire;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The newest requests. Thread-safe. */
public final class RequestLog {

    /** Enough for hours of polling; older ones are forgotten, and still counted. */
    static final int MAX_KEPT = 10_000;

    /** One place in the log, whose outcome is filled in later. Guarded by the log's lock. */
    static final class Entry {
        private RecordedRequest request;

        private Entry(RecordedRequest request) {
            this.request = request;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Entry> entries = new ArrayDeque<>();
    private final Consumer<RecordedRequest> listener;
    private long count;

    public RequestLog(Consumer<RecordedRequest> listener) {
        this.listener = listener;
    }

    Entry add(RecordedRequest request) {
        lock.lock();
        try {
            Entry entry = new Entry(request);
            if (entries.size() >= MAX_KEPT) {
                entries.removeFirst();
            }
            entries.addLast(entry);
            count++;
            return entry;
        } finally {
            lock.unlock();
        }
    }

    void complete(Entry entry, RecordedRequest.Outcome outcome) {
        RecordedRequest done;
        lock.lock();
        try {
            RecordedRequest open = entry.request;
            done = new RecordedRequest(open.position(), open.time(), open.connection(), open.method(), open.target(),
                    open.headers(), open.body(), outcome);
            entry.request = done;
        } finally {
            lock.unlock();
        }
        listener.accept(done);
    }

    public List<RecordedRequest> snapshot() {
        lock.lock();
        try {
            List<RecordedRequest> requests = new ArrayList<>(entries.size());
            entries.forEach(entry -> requests.add(entry.request));
            return requests;
        } finally {
            lock.unlock();
        }
    }

    public long count() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }
}
