// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.poll;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.lastcall.metadata.Finality;
import dev.lastcall.metadata.Notice;
import dev.lastcall.metadata.NoticeKey;
import dev.lastcall.metadata.NoticeKind;
import dev.lastcall.metadata.http.MalformedAnswerException;

/**
 * What follows from a list of events of which some were not understood: the others are acted on, the notices of the reading
 * before are taken to stand, because one of them may be the one that was not understood, and an advisory says so. Where that
 * leaves nothing, the answer as a whole was not understood. Not thread-safe.
 */
public final class PartialRead {

    private final NoticeKey key;
    private Map<NoticeKey, Notice> before = Map.of();

    /** For the lists of one source. */
    public PartialRead(String source) {
        this.key = new NoticeKey(source, NoticeKind.MAINTENANCE, "not-understood");
    }

    /**
     * The notices that hold.
     *
     * @param read those that were understood
     * @param misread what was wrong with each of the others
     * @throws MalformedAnswerException if there is nothing but what was not understood
     */
    public List<Notice> complete(List<Notice> read, List<String> misread) throws MalformedAnswerException {
        Map<NoticeKey, Notice> known = new LinkedHashMap<>(misread.isEmpty() ? Map.of() : before);
        read.forEach(notice -> known.put(notice.key(), notice));
        if (misread.isEmpty()) {
            before = known;
            return read;
        }
        String what = misread.size() + " not understood, such as " + misread.getFirst();
        if (known.isEmpty()) {
            throw new MalformedAnswerException(what);
        }
        before = known;
        List<Notice> notices = new ArrayList<>(known.values());
        notices.add(new Notice(key, Finality.ADVISORY, null, "of the events of this node " + what));
        return notices;
    }
}
