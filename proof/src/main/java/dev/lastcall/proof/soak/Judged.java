// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

/**
 * What a client made of one answer.
 *
 * @param end how it ended
 * @param detail what was seen, where it is not as asked
 * @param keeps whether the connection can serve another request
 */
record Judged(End end, String detail, boolean keeps) {}
