// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.util.List;

import dev.lastcall.agent.status.view.ModelView;

/** What can be asked of the models of this node. Thread-safe; does not block. */
public interface ModelAdmin {

    /** No model is configured. */
    ModelAdmin NONE = new ModelAdmin() {
        @Override
        public List<ModelView> models() {
            return List.of();
        }

        @Override
        public long limit() {
            return 0;
        }

        @Override
        public boolean limitTo(long bytesPerSecond) {
            return false;
        }

        @Override
        public boolean isNeededForReadiness() {
            return false;
        }
    };

    /** The state of each, in the order of the configuration. */
    List<ModelView> models();

    /** Bytes a second that all fetching together may take; 0 for no limit. */
    long limit();

    /** Sets that limit; false where nothing is fetched ever. */
    boolean limitTo(long bytesPerSecond);

    /** Whether the node is unready while a model is not warm. */
    boolean isNeededForReadiness();
}
