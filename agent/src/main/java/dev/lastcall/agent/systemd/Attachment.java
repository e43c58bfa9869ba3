// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.systemd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an inference server's unit needs so that it can be drained, as the text of a drop-in:
 *
 * <ul>
 * <li>{@code KillMode=mixed}, so that SIGTERM reaches the main process only, and a stop time-out not below an AWS window;
 * <li>an order in which it starts after the agent, and is stopped after the agent has drained it;
 * <li>a condition that keeps systemd from starting it on a node that is going;
 * <li>where a model is named, a start that waits until its weights are there.
 * </ul>
 *
 * <p>The text carries the digest of itself, which shows whether a user has changed it. Immutable.
 */
public final class Attachment {

    /** Sorts behind the drop-ins that packages and operators are likely to have made. */
    public static final String FILE_NAME = "zz-lastcall.conf";

    /** The file under {@link #RUNTIME_DIRECTORY} that exists while a final notice is active. */
    public static final String GOING_MARK = "node-is-going";

    /** The runtime directory of the service as packaged. */
    public static final Path RUNTIME_DIRECTORY = Path.of("/run/lastcall");

    /** The least that a stop may take: the window that AWS gives. */
    static final Duration LEAST_STOP = Duration.ofMinutes(2);

    /** Weights may take this long to come; the start's own time comes on top. */
    static final Duration LONGEST_WAIT = Duration.ofMinutes(30);

    private static final String FIRST_LINE = "# Made by `lastcall attach`; `lastcall detach` takes it back. sha256 of the rest: ";
    private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9:_.@\\\\-]{1,247}");
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final String text;

    private Attachment(String body) {
        this.text = FIRST_LINE + digest(body) + "\n" + body;
    }

    /** The properties of a unit that {@link #of} has to know. */
    public static final List<String> PROPERTIES = List.of("LoadState", "KillMode", "TimeoutStopUSec",
            "TimeoutStartUSec");

    /**
     * The full name of a service's unit.
     *
     * @throws IllegalArgumentException if it can be none, or is the agent's own
     */
    public static String unit(String name) {
        String full = name.endsWith(".service") ? name : name + ".service";
        if (!UNIT.matcher(name).matches() || name.startsWith("-") || name.startsWith(".")) {
            throw new IllegalArgumentException("not the name of a service's unit: " + name);
        }
        if (full.equals("lastcall.service") || full.equals("lastcall-shutdown.service")) {
            throw new IllegalArgumentException("name the inference server's unit, not the agent's own " + full);
        }
        return full;
    }

    /**
     * The drop-in for a unit.
     *
     * @param loaded what systemd says of the unit's {@link #PROPERTIES} without it
     * @param model whose weights its start waits for; empty for none
     * @throws IllegalArgumentException if {@code model} can be no model's name
     */
    public static Attachment of(Map<String, String> loaded, Optional<String> model) {
        StringBuilder body = new StringBuilder();
        body.append("[Unit]\n")
                .append("# Started after the agent, and stopped after lastcall-shutdown.service has had it drain.\n")
                .append("Wants=lastcall.service\nAfter=lastcall.service\nBefore=lastcall-shutdown.service\n")
                .append("# Not on a node that is being taken back.\n")
                .append("ConditionPathExists=!")
                .append(RUNTIME_DIRECTORY.resolve(GOING_MARK))
                .append('\n')
                .append("\n[Service]\n")
                .append("# Workers that get a SIGTERM take down the requests that they work on.\n")
                .append("KillMode=mixed\n");
        Optional<Duration> stop = TimeSpan.parse(loaded.getOrDefault("TimeoutStopUSec", "0"));
        if (stop.isPresent() && stop.get().compareTo(LEAST_STOP) < 0) {
            body.append("TimeoutStopSec=").append(LEAST_STOP.toSeconds()).append("s\n");
        }
        model.ifPresent(name -> {
            if (!MODEL.matcher(name).matches()) {
                throw new IllegalArgumentException("not a model's name: " + name);
            }
            body.append("# Runs with the agent's rights, not with the server's.\n")
                    .append("ExecStartPre=+/usr/bin/lastcall wait ")
                    .append(name)
                    .append(" --timeout ")
                    .append(LONGEST_WAIT.toMinutes())
                    .append("m\n");
            TimeSpan.parse(loaded.getOrDefault("TimeoutStartUSec", "0"))
                    .ifPresent(start -> body.append("TimeoutStartSec=")
                            .append(start.plus(LONGEST_WAIT).toSeconds())
                            .append("s\n"));
        });
        return new Attachment(body.toString());
    }

    /** What a unit's start may take without the wait, of the line that {@link #of} has written. */
    public static String startWithoutWait(String timeoutStart) {
        Optional<Duration> with = TimeSpan.parse(timeoutStart.substring(timeoutStart.indexOf('=') + 1));
        return with.map(time -> time.minus(LONGEST_WAIT).toSeconds() + "s").orElse("infinity");
    }

    /** The text of the file. */
    public String text() {
        return text;
    }

    /** Whether {@code text} is as some attachment was written, unchanged since. */
    static boolean isUntouched(String text) {
        int end = text.indexOf('\n');
        return end > 0 && text.substring(0, end).equals(FIRST_LINE + digest(text.substring(end + 1)));
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
