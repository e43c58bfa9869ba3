// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/** What goes wrong in a fake cluster, for the requests that it is meant for. Thread-safe. */
final class ClusterFaults {

    private final List<Fault> faults = new CopyOnWriteArrayList<>();

    private record Fault(Predicate<FakeCluster.Asked> meant, AtomicInteger times, Duration delay, int status,
            String retryAfter, String body) {}

    /** The next requests of this permission get this answer; an empty body means a status object. */
    void add(String permission, int times, int status, String retryAfter, String body) {
        faults.add(new Fault(one -> one.permission().equals(permission), new AtomicInteger(times), Duration.ZERO,
                status, retryAfter, body));
    }

    /** Every request but watches is answered so much later, and nothing else goes wrong any more. */
    void slow(Duration delay) {
        faults.clear();
        if (!delay.isZero()) {
            faults.add(new Fault(one -> !one.permission().startsWith("watch"), new AtomicInteger(Integer.MAX_VALUE),
                    delay, 0, "", ""));
        }
    }

    /** Whether something goes wrong with this request; it is answered then, or will be by {@code answer}. */
    boolean lieOver(Vertx vertx, HttpServerRequest request, FakeCluster.Asked one, Runnable answer) {
        for (Fault fault : faults) {
            if (fault.meant().test(one) && fault.times().getAndDecrement() > 0) {
                if (!fault.delay().isZero()) {
                    vertx.setTimer(fault.delay().toMillis(), _ -> answer.run());
                } else {
                    refuse(request, fault);
                }
                return true;
            }
        }
        return false;
    }

    private static void refuse(HttpServerRequest request, Fault fault) {
        if (!fault.retryAfter().isEmpty()) {
            request.response().putHeader("Retry-After", fault.retryAfter());
        }
        Answers.write(request, fault.status(), fault.body().isEmpty()
                ? Answers.status(fault.status(), "Fault", "as the test wants it").toString()
                : fault.body());
    }
}
