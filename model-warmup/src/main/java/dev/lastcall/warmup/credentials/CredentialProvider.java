// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

/**
 * One place where credentials can be found. Thread-safe.
 *
 * @param <T> what is found there
 */
public interface CredentialProvider<T> {

    /** What the place is called in messages. */
    String name();

    /**
     * Looks, without remembering what was found.
     *
     * @throws CredentialException if something is set up here and cannot be had
     */
    Finding<T> find() throws CredentialException, InterruptedException;
}
