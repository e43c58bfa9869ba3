// SPDX-License-Identifier: Apache-2.0
/**
 * What others write on the node's own object, as notices: a label, an annotation, a taint or a condition, by rules.
 *
 * <p>{@link dev.lastcall.agent.kubernetes.signal.NodeSignals} is the source; it follows one object and reads nothing else.
 * {@link dev.lastcall.agent.kubernetes.signal.SignalReader} decides by the rules what the object says.
 */
@NullMarked
package dev.lastcall.agent.kubernetes.signal;

import org.jspecify.annotations.NullMarked;
