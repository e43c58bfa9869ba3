// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.util.List;

import dev.lastcall.simulator.script.Effect;

/** One cloud's metadata server: its rules, on top of a {@link MetadataTree}. Confined to the event loop. */
public interface MetadataApi {

    /** What the server does about a request while these effects are at work. Never throws on any request. */
    Reply handle(Request request, List<Effect> effects);

    /** The body and headers with which this server gives an error of this status. */
    Reply.Answer error(int status);
}
