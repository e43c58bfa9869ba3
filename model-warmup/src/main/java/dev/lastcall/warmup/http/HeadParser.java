// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the head of a response, strictly: what two readers could read differently is refused. */
final class HeadParser {

    private static final int MAX_FIELDS = 128;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");
    private static final Pattern FIELD = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*(.*?)[ \\t]*");

    private HeadParser() {}

    /** {@code bytes} is the head up to and without the empty line. */
    static ResponseHead parse(byte[] bytes, int length) throws WireException {
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        List<String> lines = text.lines().toList();
        Matcher status = STATUS_LINE.matcher(lines.isEmpty() ? "" : lines.getFirst());
        if (!status.matches()) {
            throw new WireException("not an HTTP/1.1 response");
        }
        if (lines.size() > MAX_FIELDS) {
            throw new WireException("more than " + MAX_FIELDS + " header fields");
        }
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            Matcher field = FIELD.matcher(line);
            if (!field.matches() || field.group(2).indexOf('\0') >= 0) {
                throw new WireException("a malformed header field");
            }
            fields.computeIfAbsent(field.group(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(field.group(2));
        }
        return new ResponseHead(Integer.parseInt(status.group(1)), fields);
    }
}
