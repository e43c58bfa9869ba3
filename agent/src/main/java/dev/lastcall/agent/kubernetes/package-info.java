// SPDX-License-Identifier: Apache-2.0
/**
 * A thin client of the Kubernetes API: a handful of verbs over Vert.x, every one of them bounded.
 *
 * <p>{@link dev.lastcall.agent.kubernetes.KubernetesApi} speaks to the server with the pod's service account, whose token
 * is read again as it rotates; over TLS everything shares one HTTP/2 connection, so that the watch keeps it warm for the
 * calls that a notice brings. {@link dev.lastcall.agent.kubernetes.ApiRetry} says which refusals are worth another try.
 * Calls block virtual threads, never an event loop. Nothing here is on the way from a notice to a local server's door.
 */
@NullMarked
package dev.lastcall.agent.kubernetes;

import org.jspecify.annotations.NullMarked;
