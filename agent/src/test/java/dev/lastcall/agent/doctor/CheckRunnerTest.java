// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class CheckRunnerTest {

    private static DoctorCheck check(FindingArea area, String subject, DoctorCheck.Look look) {
        return new DoctorCheck(area, subject, "type this", look);
    }

    @Test
    void aCheckThatHangsIsALineThatSaysSoAndIsGivenUp() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch givenUp = new CountDownLatch(1);
        DoctorCheck hangs = check(FindingArea.CACHE, "/models", () -> {
            try {
                never.await();
            } finally {
                givenUp.countDown();
            }
            return List.of();
        });
        DoctorCheck works = check(FindingArea.MODEL, "llama",
                () -> List.of(NodeFinding.ok(FindingArea.MODEL, "llama", "is there")));

        List<NodeFinding> findings = new CheckRunner(Duration.ofSeconds(1)).run(List.of(hangs, works));

        assertThat(findings).containsExactly(
                new NodeFinding(FindingArea.CACHE, "/models", FindingLevel.FAIL,
                        "hangs: the check had no result within 1 s",
                        "type this"),
                NodeFinding.ok(FindingArea.MODEL, "llama", "is there"));
        givenUp.await();
    }

    @Test
    void checksRunAtOnce() throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(2);
        DoctorCheck.Look meets = () -> {
            together.await();
            return List.of(NodeFinding.ok(FindingArea.PORT, "a", "met"));
        };

        assertThat(new CheckRunner(Duration.ofSeconds(20))
                .run(List.of(check(FindingArea.PORT, "a", meets), check(FindingArea.PORT, "b", meets)))).hasSize(2);
    }

    @Test
    void aCheckThatFailsByItselfIsALineAndTheRestIsInTheOrderOfTheAreas() throws InterruptedException {
        DoctorCheck broken = check(FindingArea.SERVER, "llama", () -> {
            throw new IllegalStateException("boom");
        });
        DoctorCheck agent = check(FindingArea.AGENT, "lastcall",
                () -> List.of(NodeFinding.ok(FindingArea.AGENT, "lastcall", "runs")));

        List<NodeFinding> findings = new CheckRunner(Duration.ofSeconds(20)).run(List.of(broken, agent));

        assertThat(findings).extracting(NodeFinding::area).containsExactly(FindingArea.AGENT, FindingArea.SERVER);
        assertThat(findings.getLast().level()).isEqualTo(FindingLevel.WARN);
        assertThat(findings.getLast().sentence()).contains("boom");
    }
}
