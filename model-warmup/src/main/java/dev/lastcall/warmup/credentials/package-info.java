// SPDX-License-Identifier: Apache-2.0
/**
 * What proves to a store who asks: AWS credentials from the places where AWS's own tools look for them, Google's access
 * tokens, the Hugging Face token. Each place either has nothing, has something, or is set up and failed, and these three
 * are never confused. What expires is fetched again before it does, by one caller for all.
 *
 * <p>Secrets never appear in messages or in {@code toString}. Waits are bounded; nothing here retries for longer than a
 * few seconds, because the caller that needs the credentials retries anyway.
 */
@NullMarked
package dev.lastcall.warmup.credentials;

import org.jspecify.annotations.NullMarked;
