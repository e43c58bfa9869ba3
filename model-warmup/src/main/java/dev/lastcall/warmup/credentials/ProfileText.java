// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one of AWS's files says ("Configuration and credential file settings", AWS SDKs and Tools Reference Guide). Lines that
 * mean nothing are passed over, as AWS's tools do.
 *
 * @param profiles their values by lower-case name; one that is indented below another as {@code outer.inner}
 * @param services the same of the sections that hold settings of single services
 */
record ProfileText(Map<String, Map<String, String>> profiles, Map<String, Map<String, String>> services) {

    /** A name with blanks is in quotation marks. */
    private static final Pattern HEADER = Pattern
            .compile("\\[\\s*(?:(profile|services|sso-session)\\s+)?(?:\"([^\"]*)\"|'([^']*)'|([^]\"']*?))\\s*].*");

    private static final Pattern COMMENT_BEHIND_VALUE = Pattern.compile("\\s[#;].*$");
    private static final String DEFAULT = "default";

    /** Where a line belongs. */
    private static final class Cursor {
        private final Map<String, Map<String, String>> profiles = new HashMap<>();
        private final Map<String, Map<String, String>> services = new HashMap<>();
        private final Map<String, String> nowhere = new HashMap<>();
        private Map<String, String> section = nowhere;
        private String outer = "";
        private boolean hasMarkedDefault;
    }

    /**
     * Reads a file.
     *
     * @param isConfig whether it is the file in which sections say of what kind they are
     */
    static ProfileText parse(String text, boolean isConfig) {
        Cursor cursor = new Cursor();
        for (String line : text.lines().toList()) {
            String stripped = line.strip();
            boolean isIndented = !line.isEmpty() && Character.isWhitespace(line.charAt(0));
            if (stripped.isEmpty() || stripped.startsWith("#") || stripped.startsWith(";")) {
                continue;
            }
            if (stripped.startsWith("[") && !isIndented) {
                begin(cursor, stripped, isConfig);
            } else {
                property(cursor, stripped, isIndented);
            }
        }
        return new ProfileText(Map.copyOf(cursor.profiles), Map.copyOf(cursor.services));
    }

    private static void begin(Cursor cursor, String header, boolean isConfig) {
        Matcher matcher = HEADER.matcher(header);
        cursor.outer = "";
        cursor.section = cursor.nowhere;
        if (!matcher.matches()) {
            return;
        }
        String kind = matcher.group(1) == null ? "" : matcher.group(1);
        String name = first(matcher.group(2), matcher.group(3), matcher.group(4));
        if (kind.equals("services")) {
            cursor.section = cursor.services.computeIfAbsent(name, key -> new HashMap<>());
        } else if (isConfig && kind.isEmpty() && name.equals(DEFAULT)) {
            // The marked one counts where a file has both.
            cursor.section = cursor.hasMarkedDefault
                    ? cursor.nowhere
                    : cursor.profiles.computeIfAbsent(name, key -> new HashMap<>());
        } else if (isConfig ? kind.equals("profile") : kind.isEmpty()) {
            if (isConfig && name.equals(DEFAULT) && !cursor.hasMarkedDefault) {
                cursor.hasMarkedDefault = true;
                cursor.profiles.remove(name);
            }
            cursor.section = cursor.profiles.computeIfAbsent(name, key -> new HashMap<>());
        }
    }

    private static String first(String... texts) {
        for (String text : texts) {
            if (text != null) {
                return text;
            }
        }
        return "";
    }

    private static void property(Cursor cursor, String line, boolean isIndented) {
        int equals = line.indexOf('=');
        boolean isInner = isIndented && !cursor.outer.isEmpty();
        if (equals <= 0 || (isInner && !cursor.section.getOrDefault(cursor.outer, "").isEmpty())) {
            // A value that goes on in the next line: none that is read here does.
            return;
        }
        String name = line.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        String value = COMMENT_BEHIND_VALUE.matcher(line.substring(equals + 1)).replaceFirst("").strip();
        if (isInner) {
            cursor.section.put(cursor.outer + "." + name, value);
        } else {
            cursor.section.put(name, value);
            cursor.outer = name;
        }
    }
}
