// SPDX-License-Identifier: Apache-2.0
/**
 * The loop that most sources share: look, report, wait, for ever, on a virtual thread.
 *
 * <p>{@link dev.lastcall.metadata.poll.PollingSource} runs a {@link dev.lastcall.metadata.poll.Poll} at the pace of a
 * {@link dev.lastcall.metadata.poll.PollSchedule}; {@link dev.lastcall.metadata.poll.PathPoll} is the look at one path of a
 * metadata server, whose body a {@link dev.lastcall.metadata.poll.NoticeReader} understands.
 */
@NullMarked
package dev.lastcall.metadata.poll;

import org.jspecify.annotations.NullMarked;
