// SPDX-License-Identifier: Apache-2.0
/**
 * Notices that the cloud is about to take this node back, from whichever place says so first.
 *
 * <p>A {@link dev.lastcall.metadata.NoticeSource} looks at one place and reports an
 * {@link dev.lastcall.metadata.Observation} for every look: <em>present</em>, <em>absent</em> (a definite no) or
 * <em>unknown</em> (an error, which is never taken for absent). The {@link dev.lastcall.metadata.NoticeBoard} merges
 * the observations of all sources into one picture: whether a final notice is active, and the earliest deadline. Its
 * listeners hear of transitions, never of repetitions.
 *
 * <p>Deadlines are instants on the monotonic clock ({@link dev.lastcall.metadata.NodeClock#nanoTime()}), computed once
 * from the provider's time and the {@code Date} header of the same answer, so that a wrong host clock cannot move them.
 *
 * <p>Sources run on virtual threads of their own; the board is thread-safe and calls its listeners on the thread that
 * brought the observation. The package knows nothing of inference servers, Kubernetes or commands.
 */
@NullMarked
package dev.lastcall.metadata;

import org.jspecify.annotations.NullMarked;
