// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

/**
 * How long one notice took to close the door, in nanoseconds.
 *
 * @param fromVisible from the moment the metadata server was made to show it
 * @param fromAnswer from the moment the headers of the answer that carries it had arrived
 */
record NoticeTimes(long fromVisible, long fromAnswer) {}
