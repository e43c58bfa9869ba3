// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof;

/**
 * One promise, and whether it was kept.
 *
 * @param promise what must hold
 * @param held whether it did
 * @param seen the figure or the fact that says so
 */
record Check(String promise, boolean held, String seen) {

    @Override
    public String toString() {
        return (held ? "  ok      " : "  BROKEN  ") + promise + ": " + seen;
    }
}
