// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs all checks at once, each on a thread of its own, and waits for them no longer than one bound. A check that hangs, on a
 * disk that is gone for example, keeps its thread and is a line that says so.
 */
final class CheckRunner {

    private final Duration bound;

    /** @param bound of all of them together */
    CheckRunner(Duration bound) {
        this.bound = bound;
    }

    private record Running(DoctorCheck check, FutureTask<List<NodeFinding>> task, Thread thread) {}

    /** What they found, in the order of the areas and, in one area, of the checks. */
    List<NodeFinding> run(List<DoctorCheck> checks) throws InterruptedException {
        long end = System.nanoTime() + bound.toNanos();
        List<Running> all = new ArrayList<>();
        for (DoctorCheck check : checks) {
            FutureTask<List<NodeFinding>> task = new FutureTask<>(check.look()::run);
            all.add(new Running(check, task, Thread.ofVirtual().name("doctor-" + check.subject()).start(task)));
        }
        List<NodeFinding> findings = new ArrayList<>();
        for (Running one : all) {
            findings.addAll(result(one, end));
        }
        findings.sort(Comparator.comparing(NodeFinding::area));
        return findings;
    }

    private List<NodeFinding> result(Running one, long end) throws InterruptedException {
        DoctorCheck check = one.check();
        try {
            return one.task().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException hangs) {
            one.thread().interrupt();
            return List.of(NodeFinding.fail(check.area(), check.subject(),
                    "hangs: the check had no result within " + bound.toSeconds() + " s", check.hint()));
        } catch (ExecutionException failed) {
            return List.of(NodeFinding.warn(check.area(), check.subject(),
                    "could not be checked: " + failed.getCause(), check.hint()));
        }
    }
}
