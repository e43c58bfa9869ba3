// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A small parser of HTTP/1.1 messages, written from the rules of RFC 9112 and 9110 and from nothing else, at its strictest:
 * whatever two recipients could read in two ways is malformed. Slow, whole messages in memory, for tests. Not thread-safe.
 */
final class ReferenceParser {

    /** Why the bytes are no message. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String why) {
            super(why, null, false, false);
        }
    }

    /** The bytes end before the message does. */
    static final class IncompleteException extends Exception {
        private static final long serialVersionUID = 1;

        IncompleteException() {
            super("", null, false, false);
        }
    }

    /** A field; the value without the white space around it. */
    record Field(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /** A request or a response: the start line's three words, the fields, and what belongs to it after the head. */
    record Message(String first, String second, String third, List<Field> fields, String body, List<Field> trailers) {
        List<String> values(String name) {
            return fields.stream().filter(field -> field.is(name)).map(Field::value).toList();
        }

        /** The target in origin form, whatever form it came in. */
        String path() {
            String lower = second.toLowerCase(Locale.ROOT);
            if (!lower.startsWith("http://")) {
                return second;
            }
            String rest = second.substring("http://".length());
            int end = end(rest);
            String path = rest.substring(end);
            return path.startsWith("/") ? path : "/" + path;
        }

        /** The host that it is meant for (RFC 9112, 3.2.2 and 3.3), in the normal form of http (RFC 9110, 4.2.3). */
        String host() {
            String host = namedHost();
            return host.endsWith(":80") ? host.substring(0, host.length() - ":80".length()) : host;
        }

        private String namedHost() {
            if (second.toLowerCase(Locale.ROOT).startsWith("http://")) {
                String rest = second.substring("http://".length());
                return rest.substring(0, end(rest)).toLowerCase(Locale.ROOT);
            }
            return values("host").isEmpty() ? "" : values("host").getFirst().toLowerCase(Locale.ROOT);
        }

        private static int end(String rest) {
            int end = 0;
            while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
                end++;
            }
            return end;
        }

        int status() {
            return Integer.parseInt(second);
        }
    }

    private static final String TOKEN = "!#$%&'*+-.^_`|~";
    private static final int MOST_SIZE_DIGITS = 15;

    private final String bytes;
    private int at;

    ReferenceParser(byte[] bytes) {
        this.bytes = new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Whether nothing is left. */
    boolean isAtEnd() {
        return at == bytes.length();
    }

    /** How many bytes have been read. */
    int position() {
        return at;
    }

    /** All requests up to the end, or up to the first that is malformed or not whole. */
    static List<Message> requests(byte[] bytes) {
        ReferenceParser parser = new ReferenceParser(bytes);
        List<Message> requests = new ArrayList<>();
        try {
            while (!parser.isAtEnd()) {
                requests.add(parser.request());
            }
        } catch (MalformedException | IncompleteException e) {
            // What came before it is kept.
        }
        return requests;
    }

    /** The next request. */
    Message request() throws MalformedException, IncompleteException {
        while (bytes.startsWith("\r\n", at)) {
            at += 2; // RFC 9112, 2.2: at least one empty line before the request line is to be ignored.
        }
        String[] words = line().split(" ", -1);
        check(words.length == 3, "a request line has three words");
        check(isToken(words[0]), "the method is a token");
        check(words[2].equals("HTTP/1.1") || words[2].equals("HTTP/1.0"), "the version");
        boolean old = words[2].equals("HTTP/1.0");
        List<Field> fields = fields();
        checkTarget(words[0], words[1]);
        List<String> hosts = values(fields, "host");
        check(hosts.size() == 1 || (hosts.isEmpty() && old), "one Host");
        check(hosts.isEmpty() || isHost(hosts.getFirst()), "Host holds a host");
        List<String> codings = values(fields, "transfer-encoding");
        List<String> lengths = values(fields, "content-length");
        if (!codings.isEmpty()) {
            check(!old, "no Transfer-Encoding in HTTP/1.0");
            check(codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"), "Transfer-Encoding: chunked");
            check(lengths.isEmpty(), "not both Content-Length and Transfer-Encoding");
            return chunked(words, fields);
        }
        return new Message(words[0], words[1], words[2], fields, take(length(lengths)), List.of());
    }

    /**
     * The next response, after interim ones.
     *
     * @param toHead whether it answers HEAD
     * @param closed whether the connection has ended in order after these bytes
     */
    Message response(boolean toHead, boolean closed) throws MalformedException, IncompleteException {
        for (;;) {
            String line = line();
            String[] words = line.split(" ", 3);
            check(words.length == 3 && words[0].matches("HTTP/1\\.[01]") && words[1].matches("[1-9][0-9][0-9]"),
                    "a status line");
            check(isText(words[2]), "the reason phrase has no control bytes");
            List<Field> fields = fields();
            int status = Integer.parseInt(words[1]);
            List<String> codings = values(fields, "transfer-encoding");
            List<String> lengths = values(fields, "content-length");
            long length = length(lengths);
            check(codings.isEmpty() || (codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked")
                    && lengths.isEmpty()), "the framing");
            if (status >= 100 && status < 200 && status != 101) {
                continue;
            }
            if (toHead || status == 101 || status == 204 || status == 304) {
                return new Message(words[0], words[1], words[2], fields, "", List.of());
            }
            if (!codings.isEmpty()) {
                return chunked(words, fields);
            }
            if (!lengths.isEmpty()) {
                return new Message(words[0], words[1], words[2], fields, take(length), List.of());
            }
            String body = take(bytes.length() - (long) at);
            if (!closed) {
                throw new IncompleteException();
            }
            return new Message(words[0], words[1], words[2], fields, body, List.of());
        }
    }

    private Message chunked(String[] words, List<Field> fields) throws MalformedException, IncompleteException {
        StringBuilder body = new StringBuilder();
        for (;;) {
            String line = line();
            int extension = line.indexOf(';');
            String size = extension < 0 ? line : line.substring(0, extension);
            check(size.matches("[0-9a-fA-F]+") && size.replaceFirst("^0+", "").length() <= MOST_SIZE_DIGITS,
                    "a chunk's size");
            check(isText(line), "a chunk's extension");
            long length = Long.parseLong("0" + size.replaceFirst("^0+", ""), 16);
            if (length == 0) {
                List<Field> trailers = fields();
                return new Message(words[0], words[1], words[2], fields, body.toString(), trailers);
            }
            body.append(take(length));
            check(take(2).equals("\r\n"), "a chunk's end");
        }
    }

    private List<Field> fields() throws MalformedException, IncompleteException {
        List<Field> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            check(colon > 0 && isToken(line.substring(0, colon)), "a field's name is a token up to its colon");
            String value = line.substring(colon + 1);
            check(isText(value), "a field's value has no control bytes");
            fields.add(new Field(line.substring(0, colon), strip(value)));
        }
        return fields;
    }

    /** A line without its CRLF; a CR or LF by itself is malformed. */
    private String line() throws MalformedException, IncompleteException {
        for (int end = at; end < bytes.length(); end++) {
            char c = bytes.charAt(end);
            check(c != '\n' && c != 0, "a bare LF or NUL");
            if (c == '\r') {
                if (end + 1 == bytes.length()) {
                    throw new IncompleteException();
                }
                check(bytes.charAt(end + 1) == '\n', "a bare CR");
                String line = bytes.substring(at, end);
                at = end + 2;
                return line;
            }
        }
        throw new IncompleteException();
    }

    private String take(long count) throws IncompleteException {
        if (count > bytes.length() - at) {
            throw new IncompleteException();
        }
        String taken = bytes.substring(at, at + (int) count);
        at += (int) count;
        return taken;
    }

    private static long length(List<String> lengths) throws MalformedException {
        if (lengths.isEmpty()) {
            return 0;
        }
        check(lengths.size() == 1 && lengths.getFirst().matches("[0-9]+"), "one Content-Length of digits");
        try {
            return Long.parseLong(lengths.getFirst());
        } catch (NumberFormatException e) {
            throw new MalformedException("a Content-Length that no body can have");
        }
    }

    private static void checkTarget(String method, String target) throws MalformedException {
        check(!method.equalsIgnoreCase("CONNECT"), "no tunnel");
        for (int i = 0; i < target.length(); i++) {
            check(target.charAt(i) > ' ' && target.charAt(i) != 0x7f, "no space or control byte in a target");
        }
        boolean absolute = target.toLowerCase(Locale.ROOT).matches("http://[^/?]+.*");
        check(target.startsWith("/") || absolute || (target.equals("*") && method.equals("OPTIONS")),
                "the target's form");
    }

    private static boolean isHost(String host) {
        return host.chars()
                .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || "-._~:[]%!$&'()*+;=".indexOf(c) >= 0));
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || TOKEN.indexOf(c) >= 0));
    }

    private static boolean isText(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f));
    }

    private static String strip(String value) {
        return value.replaceAll("^[ \t]+|[ \t]+$", "");
    }

    private static List<String> values(List<Field> fields, String name) {
        return fields.stream().filter(field -> field.is(name)).map(Field::value).toList();
    }

    private static void check(boolean holds, String what) throws MalformedException {
        if (!holds) {
            throw new MalformedException(what);
        }
    }

    /** The bytes of a text, one for each character. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
