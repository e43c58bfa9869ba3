// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Timeout(30)
class SimulateCommandTest {

    @Test
    void servesTheScriptPrintsEachRequestAndEnds() throws Exception {
        StringWriter out = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(out, true), Map.of(), false, 100);
        CountDownLatch ended = new CountDownLatch(1);
        CommandLine command = new CommandLine(new SimulateCommand(terminal, ended));

        CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(
                () -> command.execute("aws", "--script=example:aws-spot-terminate", "--listen=127.0.0.1:0"));
        await().until(() -> out.toString().contains("simulating aws at http://127.0.0.1:"));
        assertThat(status(URI.create(out.toString().split(" ", -1)[3].replace(";", "")))).isEqualTo(401);
        await().until(() -> out.toString().contains("GET /latest/meta-data/instance-id"));
        ended.countDown();

        assertThat(exit.get(10, TimeUnit.SECONDS)).isZero();
        assertThat(out.toString()).contains("--set aws.endpoints=http://127.0.0.1:");
    }

    private static int status(URI endpoint) throws IOException {
        return AgentClient.onTcp(endpoint, null).ask("GET", "/latest/meta-data/instance-id", "").status();
    }
}
