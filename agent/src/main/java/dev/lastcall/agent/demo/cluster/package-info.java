// SPDX-License-Identifier: Apache-2.0
/**
 * What a node's agent meets of a Kubernetes cluster, without one: for the training run of the packages and the benchmarks.
 */
@NullMarked
package dev.lastcall.agent.demo.cluster;

import org.jspecify.annotations.NullMarked;
