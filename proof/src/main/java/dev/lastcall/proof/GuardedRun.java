// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import dev.lastcall.agent.demo.ReclaimingCloud;
import dev.lastcall.agent.demo.load.LoadGenerator;
import dev.lastcall.agent.demo.load.LoadPlan;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.proof.Scenario.Guard;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A notice with the agent there: it drains, and the server is stopped inside the window. */
final class GuardedRun {

    /** Clients keep asking for so long after the server is gone, to see what they are answered. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(1);
    /** What a missed deadline may be missed by before the run is given up. */
    private static final Duration OVERTIME = Duration.ofSeconds(10);
    private static final Duration END_BOUND = Duration.ofMinutes(1);
    private static final Duration RECORD_BOUND = Duration.ofSeconds(5);

    private final Workplace workplace;

    GuardedRun(Workplace workplace) {
        this.workplace = workplace;
    }

    RunReport run(Scenario scenario) throws IOException, InterruptedException {
        NodeClock clock = NodeClock.system();
        try (LlamaServer server = workplace.startServer(scenario)) {
            double rate = workplace.tokensPerSecond(server.url());
            try (ReclaimingCloud cloud = ReclaimingCloud.start(scenario.cloud(), scenario.window());
                    AgentProcess agent = AgentProcess.start(workplace.agent(),
                            AgentFiles.write(workplace.folder(scenario), scenario, cloud.endpoint(), server));
                    var watch = new DrainWatch(agent, server);
                    var load = new LoadGenerator(plan(scenario, rate, server, agent, watch))) {
                load.start();
                workplace.awaitSteadyLoad(scenario, load);
                long notice = clock.nanoTime();
                cloud.reclaim();
                Await.within(scenario.window().plus(OVERTIME), watch::isGone);
                clock.sleep(AFTERWARDS);
                load.stop();
                load.awaitEnd(END_BOUND);
                return new Promises(scenario, load.endings(), load.table(), watch.sightings(notice),
                        drainRecord(agent)).report();
            }
        }
    }

    private LoadPlan plan(Scenario scenario, double rate, LlamaServer server, AgentProcess agent, DrainWatch watch) {
        boolean gated = scenario.guard() == Guard.GATE;
        URI endpoint = gated ? agent.gate() : server.url();
        // Without a gate nothing refuses: the clients' load balancer takes the node out when it is not ready.
        BooleanSupplier routed = gated ? () -> true : () -> !watch.isUnready();
        return workplace.load(scenario, rate, endpoint).withRouted(routed).withCutting(watch::isCutting);
    }

    private static JsonNode drainRecord(AgentProcess agent) throws InterruptedException {
        AtomicReference<@Nullable JsonNode> found = new AtomicReference<>();
        Await.until("the record of the drain is written", RECORD_BOUND, () -> {
            JsonNode drained = agent.drainRecord();
            found.set(drained);
            return drained.has("outcome");
        });
        return Objects.requireNonNull(found.get());
    }
}
