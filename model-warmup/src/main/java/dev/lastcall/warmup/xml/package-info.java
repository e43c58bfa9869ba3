// SPDX-License-Identifier: Apache-2.0
/** Reads the small XML documents that S3 and STS answer with, as hostile input: no document types, no entities, bounded. */
@NullMarked
package dev.lastcall.warmup.xml;

import org.jspecify.annotations.NullMarked;
