// SPDX-License-Identifier: Apache-2.0
/**
 * The inference pods of this node as servers to drain: which they are, how they are distinguished from all others, what their
 * annotations ask for, how their door is turned and how they go.
 *
 * <p>{@link dev.lastcall.agent.kubernetes.pod.PodServers} follows the pods by a watch and hands each one out as an
 * {@link dev.lastcall.agent.server.InferenceServer}. Annotations are written by others and are read as hostile input.
 */
@NullMarked
package dev.lastcall.agent.kubernetes.pod;

import org.jspecify.annotations.NullMarked;
