// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** What to do about a failure, at each kind of store. */
@FunctionalInterface
interface Remedy {

    /** A clause in the imperative; empty where nothing need be done. */
    String at(StoreFamily family);
}
