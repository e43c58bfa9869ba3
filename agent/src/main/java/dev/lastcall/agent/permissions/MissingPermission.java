// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.permissions;

/**
 * What may not be done that will have to be.
 *
 * @param subject which server, key or file it is about
 * @param message why it may not
 * @param remedy what to do about it
 */
public record MissingPermission(String subject, String message, String remedy) {

    @Override
    public String toString() {
        return subject + ": " + message + "; " + remedy;
    }
}
