// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads samples out of the Prometheus text format (prometheus.io, "Exposition formats", version 0.0.4; OpenMetrics's
 * exemplars are skipped). Names are compared whole: {@code vllm:num_requests_waiting} is not
 * {@code vllm:num_requests_waiting_by_reason}. Stateless.
 */
final class PrometheusText {

    private PrometheusText() {}

    /** One line. */
    record Sample(String name, Map<String, String> labels, double value) {}

    /** It is not in the format. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * The samples that bear one of these names, in order.
     *
     * @throws MalformedException if a line of one of them is broken, or if the first line that should be a sample is none
     */
    static List<Sample> samples(String text, Set<String> names) throws MalformedException {
        var samples = new ArrayList<Sample>();
        boolean first = true;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            String stripped = line.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            String name = name(stripped);
            if (names.contains(name) || first) {
                Sample sample = sample(name, stripped);
                if (names.contains(name)) {
                    samples.add(sample);
                }
            }
            first = false;
        }
        return samples;
    }

    /** What a line is a sample of; empty where it is none. */
    static String name(String line) {
        int end = 0;
        while (end < line.length() && isNamePart(line.charAt(end))) {
            end++;
        }
        return line.substring(0, end);
    }

    private static boolean isNamePart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':';
    }

    private static Sample sample(String name, String line) throws MalformedException {
        if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
            throw new MalformedException("not a metric: " + excerpt(line));
        }
        var labels = new HashMap<String, String>();
        int at = name.length();
        while (at < line.length() && line.charAt(at) == ' ') {
            at++;
        }
        if (at < line.length() && line.charAt(at) == '{') {
            at = labels(line, at + 1, labels);
        } else if (at == name.length()) {
            throw new MalformedException("no value: " + excerpt(line));
        }
        return new Sample(name, Map.copyOf(labels), value(line.substring(at).strip(), line));
    }

    /** Reads labels up to the closing brace and says where to go on. */
    private static int labels(String line, int from, Map<String, String> labels) throws MalformedException {
        int at = from;
        while (true) {
            while (at < line.length() && (line.charAt(at) == ' ' || line.charAt(at) == ',')) {
                at++;
            }
            if (at >= line.length()) {
                throw new MalformedException("labels without an end: " + excerpt(line));
            }
            if (line.charAt(at) == '}') {
                return at + 1;
            }
            int equals = line.indexOf('=', at);
            if (equals < 0 || equals + 1 >= line.length() || line.charAt(equals + 1) != '"') {
                throw new MalformedException("a label without a value: " + excerpt(line));
            }
            var value = new StringBuilder();
            int end = quoted(line, equals + 2, value);
            labels.put(line.substring(at, equals).strip(), value.toString());
            at = end;
        }
    }

    private static int quoted(String line, int from, StringBuilder value) throws MalformedException {
        for (int at = from; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\' && at + 1 < line.length()) {
                at++;
                c = line.charAt(at) == 'n' ? '\n' : line.charAt(at);
            }
            value.append(c);
        }
        throw new MalformedException("a label's value without an end: " + excerpt(line));
    }

    private static double value(String rest, String line) throws MalformedException {
        int end = rest.indexOf(' ');
        String number = end < 0 ? rest : rest.substring(0, end);
        return switch (number) {
            case "NaN" -> Double.NaN;
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> {
                try {
                    yield Double.parseDouble(number);
                } catch (NumberFormatException e) {
                    throw new MalformedException("not a number: " + excerpt(line));
                }
            }
        };
    }

    private static String excerpt(String line) {
        return line.length() <= 80 ? line : line.substring(0, 80) + "…";
    }
}
