// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

/** What one poll of a server's health gave. */
public sealed interface HealthReading {

    /** It answered, or took the connection where nothing more is asked. */
    record Answered() implements HealthReading {}

    /** It answered that it does not serve yet. */
    record Loading(String reason) implements HealthReading {}

    /** It took the connection and did not answer in time: it may be busy. */
    record Silent(String reason) implements HealthReading {}

    /** No connection could be made. */
    record Unreachable(String reason) implements HealthReading {}
}
