// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.lastcall.warmup.text.Amount;
import dev.lastcall.warmup.text.SafeText;

/**
 * A failure as a person needs it: the only place that knows how.
 *
 * @param what happened
 * @param where to what it happened; empty where the rest says it
 * @param why as far as it is known and not said yet; can be empty
 * @param remedy what to do; empty where nothing need be done
 */
public record Words(String what, String where, String why, String remedy) {

    private static final String DETAIL = "{}";

    /** The four parts, without secrets. */
    public Words {
        what = SafeText.of(what);
        where = SafeText.of(where);
        why = SafeText.of(why);
        remedy = SafeText.of(remedy);
    }

    /** Of a failure. */
    public static Words of(Failure failure) {
        return switch (failure) {
            case Failure.Refused(var family, var call, var said, var refusal) ->
                new Words(refusal.what(), call, said, refusal.remedy(family));
            case Failure.BadAnswer(var family, var call, var fault, var detail) ->
                detailed(fault.what(), call, detail, fault.remedy(family));
            case Failure.NoAnswer(var call, var silence, var detail, var _) ->
                detailed(silence.what(), call, detail, silence.remedy());
            case Failure.NotRead(var doing, var cause, var _) ->
                of(cause).in(doing, " ").withRemedy(Advice.notRead(cause.fault()));
            case Failure.BadModel(var family, var where, var fault, var detail) ->
                detailed(fault.what(), where, detail, fault.remedy(family));
            case Failure.Within(var where, var cause, var _) -> of(cause).in(where, ": ");
            case Failure.NoCredentials(var where, var fault, var detail, var cause) -> cause.isPresent()
                    ? of(cause.get()).in(where, ": ").withRemedy(fault.remedy())
                    : detailed(fault.what(), where, detail, fault.remedy());
            case Failure.OnDisk(var path, var fault, var detail) ->
                detailed(fault.what(), path, detail, fault.remedy());
            case Failure.WhileWriting(var subject, var cause) -> of(cause).in(subject, ": ");
            case Failure.BadAuthorities(var variable, var cause) -> of(cause).in(variable, " ")
                    .withRemedy("let " + variable + " name a PEM file of authorities, or unset it");
            case Failure.BadCache(var cause) -> of(cause).in("the cache", " ")
                    .withRemedy("make it writable for this user, or set cache.path to another");
            case Failure.NoRoom room -> room(room);
            case Failure.BadAddress(var text, var fault, var detail) -> fault.remedy().contains(DETAIL)
                    ? new Words(fault.what(), text, "", fault.remedy().replace(DETAIL, detail))
                    : detailed(fault.what(), text, detail, fault.remedy());
            case Failure.Restless(var change, var listings) -> of(change)
                    .withWhy("the model did not come to rest in " + listings + " listings")
                    .withRemedy("wait until its upload is over, and start again");
            case Failure.Ended(var subject, var ending) -> new Words(ending.what(), subject, "", ending.remedy());
        };
    }

    /** Of an error of the file system. */
    public static Words of(IOException e) {
        return of(DiskFaults.of(e));
    }

    /** Of whatever carries a failure; else of what can only be a fault of this program. */
    public static Words of(String subject, Throwable thrown) {
        return switch (thrown) {
            case Failed known -> of(known.failure());
            case IOException file -> of(file);
            default -> of(new Failure.Ended(subject, Ending.UNFORESEEN));
        };
    }

    /** As one or two short sentences in a line. */
    public String line() {
        return (where.isEmpty() ? "" : where + ": ") + what + (why.isEmpty() ? "" : " (" + why + ")")
                + (remedy.isEmpty() ? "" : "; " + remedy);
    }

    private static Words detailed(String what, String where, String detail, String remedy) {
        return what.contains(DETAIL)
                ? new Words(what.replace(DETAIL, detail), where, "", remedy)
                : new Words(what, where, detail, remedy);
    }

    private Words in(String outer, String joint) {
        return new Words(what, where.isEmpty() || outer.isEmpty() ? outer + where : outer + joint + where, why, remedy);
    }

    private Words withRemedy(String better) {
        return better.isEmpty() ? this : new Words(what, where, why, better);
    }

    private Words withWhy(String better) {
        return new Words(what, where, why.isEmpty() ? better : why + "; " + better, remedy);
    }

    private static Words room(Failure.NoRoom room) {
        String needed = Amount.of(room.neededBytes()) + " more are needed and " + Amount.of(room.freeBytes())
                + " are free in "
                + room.folder();
        if (room.limits().isEmpty()) {
            return new Words(needed, room.model(), "it keeps the version that it has until the next one is whole",
                    "free some space or choose another folder");
        }
        Failure.NoRoom.Limits limits = room.limits().get();
        List<String> why = new ArrayList<>();
        add(why, limits.reservedBytes(), " stay reserved");
        add(why, limits.promisedBytes(), " are promised to other models being warmed");
        if (limits.quotaBytes() > 0) {
            why.add("the cache uses " + Amount.of(limits.usedBytes()) + " of a quota of "
                    + Amount.of(limits.quotaBytes()));
        }
        add(why, limits.releasableBytes(), " of it belong to models that are not configured and surely not in use");
        return new Words(needed, room.model(), String.join(", ", why),
                "free some space, raise the quota, or release a model");
    }

    private static void add(List<String> why, long bytes, String what) {
        if (bytes > 0) {
            why.add(Amount.of(bytes) + what);
        }
    }
}
