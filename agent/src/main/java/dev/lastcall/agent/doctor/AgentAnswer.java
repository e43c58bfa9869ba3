// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;

import dev.lastcall.agent.cli.AgentClient;
import dev.lastcall.agent.status.view.StatusDocument;
import dev.lastcall.agent.status.view.StatusView;

/** What the running agent says of itself, if there is one. */
public sealed interface AgentAnswer {

    /** Bound of the question; the agent answers from memory. */
    Duration BOUND = Duration.ofSeconds(3);

    /** It answers. */
    record Running(StatusView status) implements AgentAnswer {}

    /**
     * It does not.
     *
     * @param why as the rest of a sentence
     */
    record Silent(String why) implements AgentAnswer {}

    /** Something is there that this user may not speak to. */
    record Closed(String why) implements AgentAnswer {}

    /** Asks it. */
    static AgentAnswer ask(Path socket) {
        try {
            AgentClient.Reply reply = AgentClient.onSocket(socket).within(BOUND).ask("GET", "/v1/status", "");
            return reply.status() == 200
                    ? new Running(StatusDocument.read(reply.body()))
                    : new Silent(socket + " answers " + reply.status());
        } catch (IllegalArgumentException none) {
            return new Silent("what answers at " + socket + " is no agent of this version");
        } catch (IOException silent) {
            String why = String.valueOf(silent.getMessage());
            return why.contains("ermission denied") || silent.getCause() instanceof AccessDeniedException
                    ? new Closed(why)
                    : new Silent(why);
        }
    }
}
