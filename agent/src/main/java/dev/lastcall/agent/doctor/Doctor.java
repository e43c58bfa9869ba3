// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

import dev.lastcall.agent.server.kind.LocalHttp;
import dev.lastcall.metadata.http.WebClientTransport;

/** Looks at the whole node once: every check at once, all of them within one bound. */
final class Doctor {

    /** Of all checks together; what is left of the command's 15 s is for the start and the end of the process. */
    static final Duration BOUND = Duration.ofSeconds(9);

    private Doctor() {}

    /**
     * Looks.
     *
     * @param file of the configuration
     * @param write whether a file may be written to the cache, to see how fast that goes
     * @param more findings that are known already
     */
    static Diagnosis look(Surroundings node, Path file, boolean write, List<NodeFinding> more)
            throws InterruptedException {
        Supplier<AgentAnswer> agent = once(() -> AgentAnswer.ask(node.config().api().socket()));
        try (LocalHttp http = new LocalHttp(node.vertx());
                WebClientTransport transport = new WebClientTransport(node.vertx(), node.clock())) {
            List<DoctorCheck> checks = new ArrayList<>();
            checks.addAll(new AgentChecks(node, file, agent).all());
            checks.add(new MetadataChecks(node, transport).check());
            checks.addAll(new ServerChecks(node, http).all());
            checks.addAll(new PortChecks(node, agent).all());
            checks.addAll(new SystemdChecks(node).all());
            checks.addAll(new KubeletChecks(node).all());
            checks.addAll(new ClusterChecks(node).all());
            checks.addAll(new CacheChecks(node, write).all());
            checks.addAll(new StoreChecks(node).all());
            List<NodeFinding> findings = new ArrayList<>(more);
            findings.addAll(new CheckRunner(BOUND).run(checks));
            return new Diagnosis(findings);
        }
    }

    /** Asks once, however many threads want to know. */
    private static <T> Supplier<T> once(Supplier<T> question) {
        FutureTask<T> task = new FutureTask<>(question::get);
        return () -> {
            task.run();
            try {
                return task.get();
            } catch (InterruptedException late) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("given up", late);
            } catch (ExecutionException fault) {
                throw new IllegalStateException(fault.getCause());
            }
        };
    }
}
