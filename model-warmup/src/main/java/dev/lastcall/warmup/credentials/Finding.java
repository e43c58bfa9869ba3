// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

/**
 * What a look at one place gave.
 *
 * @param <T> what is looked for
 */
public sealed interface Finding<T> {

    /** Something is there. */
    record Found<T>(T value) implements Finding<T> {}

    /** Nothing is set up there, and {@code why} says how that was seen. */
    record Nothing<T>(String why) implements Finding<T> {}
}
