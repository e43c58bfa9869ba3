// SPDX-License-Identifier: Apache-2.0
/**
 * A scripted stand-in for the metadata servers of AWS, Google Cloud and Azure.
 */
@NullMarked
package dev.lastcall.simulator;

import org.jspecify.annotations.NullMarked;
