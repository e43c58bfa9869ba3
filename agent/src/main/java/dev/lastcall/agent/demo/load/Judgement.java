// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.demo.load;

/**
 * A fate and what was seen.
 *
 * @param fate what became of the request
 * @param detail what exactly was seen
 */
record Judgement(Fate fate, String detail) {

    static final Judgement COMPLETE = new Judgement(Fate.COMPLETE, "");
}
