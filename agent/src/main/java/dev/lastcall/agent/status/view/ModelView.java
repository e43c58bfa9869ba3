// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.status.view;

import dev.lastcall.warmup.text.SafeText;

/**
 * The state of a model.
 *
 * @param name its name
 * @param from its store's address
 * @param state {@code waiting}, {@code warming}, {@code warm}, {@code stopped}, {@code retrying} or {@code failed}
 * @param files how many; 0 until it is listed
 * @param filesDone have their names
 * @param bytes of all files
 * @param bytesDone in place
 * @param connections at work
 * @param problem why it is not warm, with the remedy, or what is open though it is; empty if nothing is wrong
 * @param folder where its files are; empty until it is warm
 */
public record ModelView(String name, String from, String state, int files, int filesDone, long bytes, long bytesDone,
        int connections, String problem, String folder) {

    public ModelView {
        from = SafeText.of(from);
        problem = SafeText.of(problem);
    }

    /** Whether all its files are in the cache, verified. */
    public boolean isWarm() {
        return state.equals("warm");
    }

    /** Whether an operator must act. */
    public boolean isFailed() {
        return state.equals("failed");
    }
}
