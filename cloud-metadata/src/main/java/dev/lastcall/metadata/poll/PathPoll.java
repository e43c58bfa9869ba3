// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.util.List;
import java.util.function.Function;

import dev.lastcall.metadata.MetadataProblem;
import dev.lastcall.metadata.Observation;
import dev.lastcall.metadata.http.MalformedAnswerException;
import dev.lastcall.metadata.http.MetadataAnswer;

/** The look at one path whose absence, a 404, is the healthy answer. */
public final class PathPoll implements Poll {

    private final Question question;
    private final Function<MetadataAnswer, MetadataProblem> explain;
    private final NoticeReader reader;

    /**
     * A look.
     *
     * @param question asks
     * @param explain says why an answer that is neither 200 nor 404 is of no use
     * @param reader understands a 200
     */
    public PathPoll(Question question, Function<MetadataAnswer, MetadataProblem> explain, NoticeReader reader) {
        this.question = question;
        this.explain = explain;
        this.reader = reader;
    }

    @Override
    public Observation look() throws InterruptedException {
        MetadataAnswer answer = question.ask();
        if (answer instanceof MetadataAnswer.Response response && response.status() == 404) {
            reader.absent();
            return Observation.ABSENT;
        }
        return read(answer, explain, reader);
    }

    /** What {@code answer} says, a 404 being one more failure. */
    public static Observation read(MetadataAnswer answer, Function<MetadataAnswer, MetadataProblem> explain,
            NoticeReader reader) {
        if (!(answer instanceof MetadataAnswer.Response response) || response.status() != 200) {
            return new Observation.Unknown(explain.apply(answer));
        }
        try {
            List<dev.lastcall.metadata.Notice> notices = reader.read(response);
            if (notices.isEmpty()) {
                reader.absent();
            }
            return Observation.of(notices);
        } catch (MalformedAnswerException e) {
            String asked = explain.apply(response).message();
            return new Observation.Unknown(
                    new MetadataProblem(MetadataProblem.Kind.MALFORMED, asked + ": " + e.getMessage()));
        }
    }

    /** Asks for the path. */
    @FunctionalInterface
    public interface Question {
        /** The answer, whatever it is. */
        MetadataAnswer ask() throws InterruptedException;
    }
}
