// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** What carries a failure: every exception of this library that a person may come to see. */
public interface Failed {

    /** What failed. */
    Failure failure();
}
