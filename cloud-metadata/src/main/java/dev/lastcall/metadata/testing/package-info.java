// SPDX-License-Identifier: Apache-2.0
/**
 * What a program that uses this library needs to test itself: a clock that moves only when the test moves it. In the
 * main jar, so that the tests of other modules can have it; not for production.
 */
@NullMarked
package dev.lastcall.metadata.testing;

import org.jspecify.annotations.NullMarked;
