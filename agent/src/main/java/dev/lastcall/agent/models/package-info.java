// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps the models of the configuration warm: fetches them by priority, looks at them again, tries again what may pass, and
 * stops at once when the node is taken back. Where no model is configured nothing here is made, and nothing
 * of the library is loaded.
 */
@NullMarked
package dev.lastcall.agent.models;

import org.jspecify.annotations.NullMarked;
