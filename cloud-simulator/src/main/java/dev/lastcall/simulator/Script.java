// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator;

/**
 * A cloud and its timeline: everything that a simulator plays. Immutable.
 *
 * @param cloud which metadata server, and its options
 * @param timeline what happens
 */
public record Script(SimulatedCloud cloud, Timeline timeline) {}
