// SPDX-License-Identifier: Apache-2.0
/**
 * Google Cloud Storage by its JSON API. {@link dev.lastcall.warmup.store.gcs.GcsStore} lists a prefix with everything that
 * is needed in one go, and reads ranges pinned to the generation that was listed.
 */
@NullMarked
package dev.lastcall.warmup.store.gcs;

import org.jspecify.annotations.NullMarked;
