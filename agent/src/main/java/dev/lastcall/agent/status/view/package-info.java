// SPDX-License-Identifier: Apache-2.0
/**
 * The status as one immutable value, and its forms: JSON written and read back, a page, lines of text.
 */
@NullMarked
package dev.lastcall.agent.status.view;

import org.jspecify.annotations.NullMarked;
