// SPDX-License-Identifier: Apache-2.0
/**
 * What a final notice leaves on the node's own object: a condition that names the deadline, a taint, a cordon and an event;
 * and the taint of a cold node, which goes when its models are warm. Only what this package has put there does it take away.
 *
 * <p>Every mark is brought about by a {@link dev.lastcall.agent.kubernetes.Reconciler}, on a thread of its own, so that
 * none waits for another and the caller that brings the notice waits for none.
 */
@NullMarked
package dev.lastcall.agent.kubernetes.node;

import org.jspecify.annotations.NullMarked;
