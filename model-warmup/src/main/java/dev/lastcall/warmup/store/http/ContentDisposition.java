// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.store.FileNames;

/** The name that a server gives to a download (RFC 6266). */
final class ContentDisposition {

    private static final Pattern EXTENDED = Pattern.compile("(?i);\\s*filename\\*\\s*=\\s*utf-8'[^']*'([^;\\s\"]+)");
    private static final Pattern QUOTED = Pattern.compile("(?i);\\s*filename\\s*=\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern TOKEN = Pattern.compile("(?i);\\s*filename\\s*=\\s*([^;\\s\"]+)");

    private ContentDisposition() {}

    /** The last component of the name, where it can be one of a file; a server does not choose folders. */
    static Optional<String> fileName(ResponseHead head) {
        return head.field("content-disposition")
                .flatMap(ContentDisposition::name)
                .map(name -> name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).strip())
                .filter(name -> !name.startsWith(".") && FileNames.fault(name).isEmpty());
    }

    private static Optional<String> name(String field) {
        Matcher extended = EXTENDED.matcher(field);
        if (extended.find()) {
            try {
                return Optional.of(URLDecoder.decode(extended.group(1).replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        Matcher quoted = QUOTED.matcher(field);
        if (quoted.find()) {
            return Optional.of(quoted.group(1).replaceAll("\\\\(.)", "$1"));
        }
        Matcher token = TOKEN.matcher(field);
        return token.find() ? Optional.of(token.group(1)) : Optional.empty();
    }
}
