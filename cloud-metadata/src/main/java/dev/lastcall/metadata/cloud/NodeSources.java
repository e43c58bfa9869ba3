// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.lastcall.metadata.EventApproval;
import dev.lastcall.metadata.NoticeSource;

/**
 * What a node's notices come from.
 *
 * @param cloud whose they are; {@link Cloud#NONE} where they are of no cloud
 * @param all every source, not yet started
 * @param instance what the instance says of itself by now, in the order to show it
 * @param approval approves an event at the provider, so that it does not wait
 */
public record NodeSources(Cloud cloud, List<NoticeSource> all, Supplier<Map<String, String>> instance,
        EventApproval approval) {

    /** No sources. */
    public static final NodeSources NONE = new NodeSources(Cloud.NONE, List.of(), Map::of, EventApproval.NONE);

    public NodeSources {
        all = List.copyOf(all);
    }
}
