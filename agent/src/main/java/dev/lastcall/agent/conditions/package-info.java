// SPDX-License-Identifier: Apache-2.0
/**
 * What is wrong or missing on this node now, from one registry. {@link dev.lastcall.agent.conditions.ConditionCode} lists every
 * condition there is; {@link dev.lastcall.agent.conditions.ConditionBoard} holds those that are active. Their owners raise and
 * clear them; log, status, page, metrics, readiness and the Kubernetes node condition read them from the board.
 */
@NullMarked
package dev.lastcall.agent.conditions;

import org.jspecify.annotations.NullMarked;
