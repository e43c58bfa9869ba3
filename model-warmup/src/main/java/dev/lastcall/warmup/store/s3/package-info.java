// SPDX-License-Identifier: Apache-2.0
/**
 * S3 and what speaks like it. {@link dev.lastcall.warmup.store.s3.S3Store} lists a prefix, looks at each object once and
 * reads ranges pinned to its entity tag. Requests are signed by Signature Version 4; what an error code means is in
 * one class; a redirect is an answer to be judged, and what follows it is signed again.
 */
@NullMarked
package dev.lastcall.warmup.store.s3;

import org.jspecify.annotations.NullMarked;
