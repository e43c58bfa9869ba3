// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.notices;

import dev.lastcall.metadata.cloud.Cloud;

/** Which cloud this is. */
public interface FoundCloud {

    /** Waits until there was an answer to that question, which may be that it is not known yet. */
    void await() throws InterruptedException;

    /** As far as it is known now. */
    Cloud now();
}
