// SPDX-License-Identifier: Apache-2.0
/**
 * A model in a folder of this machine or of a share. Links lead nowhere outside of it, and a file that is replaced while it
 * is read is noticed.
 */
@NullMarked
package dev.lastcall.warmup.store.folder;

import org.jspecify.annotations.NullMarked;
