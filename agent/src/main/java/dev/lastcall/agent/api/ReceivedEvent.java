// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

/**
 * An event as it was received. The attributes are those of a CloudEvent around {@code data}; each is empty where the event came
 * without one.
 *
 * @param id what makes it the same event when it is delivered again
 * @param source who says so
 * @param type what it is
 * @param time when it was sent
 * @param data its content, a JSON object
 */
public record ReceivedEvent(String id, String source, String type, String time, String data) {}
