// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.util.List;

import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.http.MetadataAnswer;

/** Understands the body of a 200 at one path. */
public interface NoticeReader {

    /**
     * The notices that {@code response} holds; none where it is a definite no.
     *
     * @throws MalformedAnswerException if the body breaks its contract, so that nothing follows from it
     */
    List<Notice> read(MetadataAnswer.Response response) throws MalformedAnswerException;

    /** The path is not there: a definite no. Forget what only holds while a notice is there. */
    default void absent() {}
}
