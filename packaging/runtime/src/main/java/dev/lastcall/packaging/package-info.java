// SPDX-License-Identifier: Apache-2.0
/**
 * Lays out the program as the deb and the image ship it: the jars, a Java runtime cut down to what they need, and an AOT
 * cache (JEP 483, 514, 515) from a run of the real daemon, through a notice to its end. Runs at build time only.
 */
@NullMarked
package dev.lastcall.packaging;

import org.jspecify.annotations.NullMarked;
