// SPDX-License-Identifier: Apache-2.0
/** What the agent runs on, and the order in which its parts end. */
@NullMarked
package dev.lastcall.agent.lifecycle;

import org.jspecify.annotations.NullMarked;
