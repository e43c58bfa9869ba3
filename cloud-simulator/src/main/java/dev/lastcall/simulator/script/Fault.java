// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.script;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An interval of the timeline in which some requests fare badly. Immutable; made with {@link #between} or
 * {@link #always} and narrowed with {@link #onPath}, {@link #onMethod} and {@link #times(int)}.
 *
 * @param from when it begins, from the start of the timeline
 * @param until when it has ended; {@link #FOREVER}: never
 * @param path which paths: with a leading slash the whole path, else the end of the path from a slash on; {@code *}
 *     matches any characters. The query string takes no part
 * @param method which method, or {@code *} for all
 * @param times how many requests it strikes at most; {@link #UNLIMITED}: all
 * @param effects what it does to them
 */
public record Fault(Duration from, Duration until, String path, String method, int times, List<Effect> effects) {

    /** No end. */
    public static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();
    /** No bound on the number of requests. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

    public Fault {
        if (from.isNegative()) {
            throw new IllegalArgumentException("a fault begins at 0s or later, not at " + DurationText.format(from));
        }
        if (until.compareTo(from) <= 0) {
            throw new IllegalArgumentException("a fault ends after it begins");
        }
        if (path.isEmpty() || path.length() > 500) {
            throw new IllegalArgumentException("a fault's path has 1 to 500 characters");
        }
        if (!TOKEN.matcher(method).matches()) {
            throw new IllegalArgumentException("not an HTTP method: " + method);
        }
        if (times < 1) {
            throw new IllegalArgumentException("a fault strikes at least once, not " + times + " times");
        }
        effects = List.copyOf(effects);
        if (effects.isEmpty()) {
            throw new IllegalArgumentException("a fault without an effect");
        }
        if (effects.stream().map(Effect::getClass).distinct().count() < effects.size()) {
            throw new IllegalArgumentException("a fault has each effect once; write a second fault");
        }
    }

    /** From one moment to another, on every path. */
    public static Fault between(Duration from, Duration until, Effect... effects) {
        return new Fault(from, until, "*", "*", UNLIMITED, Arrays.asList(effects));
    }

    /** From one moment on, on every path. */
    public static Fault from(Duration from, Effect... effects) {
        return between(from, FOREVER, effects);
    }

    /** From the start on, on every path. */
    public static Fault always(Effect... effects) {
        return between(Duration.ZERO, FOREVER, effects);
    }

    /** The same, on some paths only. */
    public Fault onPath(String pattern) {
        return new Fault(from, until, pattern, method, times, effects);
    }

    /** The same, for one method only. */
    public Fault onMethod(String only) {
        return new Fault(from, until, path, only, times, effects);
    }

    /** The same, for so many requests at most. */
    public Fault times(int most) {
        return new Fault(from, until, path, method, most, effects);
    }

    /** The same, with one more effect. */
    public Fault and(Effect effect) {
        List<Effect> more = new ArrayList<>(effects);
        more.add(effect);
        return new Fault(from, until, path, method, times, more);
    }

    public boolean isActive(Duration position) {
        return position.compareTo(from) >= 0 && position.compareTo(until) < 0;
    }

    public boolean strikes(String requestMethod, String requestPath) {
        return (method.equals("*") || method.equals(requestMethod)) && matches(path, requestPath);
    }

    public boolean has(Class<? extends Effect> kind) {
        return effects.stream().anyMatch(kind::isInstance);
    }

    private static boolean matches(String pattern, String path) {
        if (pattern.startsWith("/") || pattern.startsWith("*")) {
            return glob(pattern, path);
        }
        return glob("/" + pattern, path) || glob("*/" + pattern, path);
    }

    /** Without recursion and with one point to go back to, so that no pattern makes it slow. */
    private static boolean glob(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                mark = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    static void requirePositive(String what, Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("a " + what + " is positive, not " + DurationText.format(time));
        }
    }

    static void requireHeader(String name, String value) {
        if (!TOKEN.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a header: " + name);
        }
        if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException("header " + name + ": only printable ASCII");
        }
    }
}
