// SPDX-License-Identifier: Apache-2.0
/** What is made of class files, run and compared with what they were. */
@NullMarked
package dev.lastcall.packaging;

import org.jspecify.annotations.NullMarked;
