// SPDX-License-Identifier: Apache-2.0
/**
 * The packages, proven on a real container engine: the deb on a Debian whose init is systemd, the image before a server in
 * another container. Skipped, with the reason, where there is no engine or nothing to prove; {@code proof/containers} sees
 * to both.
 */
@NullMarked
package dev.lastcall.proof.container;

import org.jspecify.annotations.NullMarked;
