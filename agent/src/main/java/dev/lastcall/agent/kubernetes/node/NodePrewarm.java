// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes.node;

import java.time.Duration;

import dev.lastcall.agent.kubernetes.ApiCalls;
import dev.lastcall.agent.kubernetes.ApiReply;
import dev.lastcall.agent.kubernetes.Call;
import dev.lastcall.agent.kubernetes.ClusterEvents;
import dev.lastcall.metadata.Deadline;
import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.NodeClock;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeEvent;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.Reclamation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Plays one notice at the agent's start: the marks of a node that does not exist, sent to no server, and then two patches of
 * this node that change nothing, in dry run. So the code has run before a node's only notice comes, and a missing permission
 * shows before it is needed.
 */
public final class NodePrewarm {

    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final JsonNode NOTHING = JsonMapper.builder().build().createObjectNode();
    private static final String DRY_RUN = "?dryRun=All";

    private NodePrewarm() {}

    /**
     * Blocks for two calls.
     *
     * @param settings of the node
     */
    public static void run(ApiCalls api, NodeMarkSettings settings, NodeClock clock) {
        ApiCalls noServer = call -> new ApiReply.Ok(NOTHING);
        Deadline deadline = Deadline.in(WINDOW, clock);
        var notice = new Notice(NoticeKey.of("rehearsal", NoticeKind.OPERATOR), Finality.FINAL, deadline, "");
        var reclamation = new Reclamation(notice, deadline, clock.wallTime(), clock.nanoTime());
        var events = new ClusterEvents(noServer, settings.node(), clock);
        try (NodeMarks marks = new NodeMarks(noServer, settings, events, clock)) {
            marks.on(new NoticeEvent.Noticed(reclamation));
            String path = "/api/v1/nodes/" + settings.node();
            if (!settings.conditions().isEmpty()) {
                api.call(Call.strategicPatch(path + "/status" + DRY_RUN, NOTHING));
            }
            api.call(Call.mergePatch(path + DRY_RUN, NOTHING));
        }
    }
}
