// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.util.Locale;
import java.util.function.Predicate;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One thing that servers of a kind show and others do not. Immutable.
 *
 * @param path what has to be asked; empty for what each answer shows
 * @param head whether the path is asked for its head only, because to read it would change something
 * @param shown whether an answer shows it
 * @param evidence what it is, for people
 */
record Fingerprint(String path, boolean head, Predicate<Answer> shown, String evidence) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int METHOD_NOT_ALLOWED = 405;

    /** What a server answered. */
    record Answer(int status, String server, String body) {

        boolean isOk() {
            return status == 200;
        }

        /** The body as JSON; a node that has nothing where it is none, or where the answer is not 200. */
        JsonNode json() {
            if (!isOk()) {
                return JSON.missingNode();
            }
            try {
                return JSON.readTree(body);
            } catch (JacksonException notJson) {
                return JSON.missingNode();
            }
        }
    }

    /** A document with something in it. */
    static Fingerprint json(String path, Predicate<JsonNode> shown, String evidence) {
        return new Fingerprint(path, false, answer -> shown.test(answer.json()), path + " " + evidence);
    }

    /** A document whose text at a JSON pointer is this, whatever the case of its letters. */
    static Fingerprint named(String path, String pointer, String name) {
        return json(path,
                document -> document.at(pointer).asString("").toLowerCase(Locale.ROOT).equals(name), "is of " + name);
    }

    /** The first model of the list that OpenAI's interface has is owned by this. */
    static Fingerprint owned(String owner) {
        return named("/v1/models", "/data/0/owned_by", owner);
    }

    /** A text that is this and nothing else. */
    static Fingerprint text(String path, String text) {
        return new Fingerprint(path, false, answer -> answer.isOk() && answer.body().strip().equals(text),
                path + (text.isEmpty() ? " is empty" : " says \"" + text + "\""));
    }

    /** A text with this in it. */
    static Fingerprint contains(String path, String text) {
        return new Fingerprint(path, false, answer -> answer.isOk() && answer.body().contains(text),
                path + " has " + text.strip());
    }

    /** A path that is there for another method than HEAD: no server that answers 200 to all shows it. */
    static Fingerprint exists(String path) {
        return new Fingerprint(path, true, answer -> answer.status() == METHOD_NOT_ALLOWED, "there is a " + path);
    }

    /** The header {@code Server} of any answer. */
    static Fingerprint server(String name) {
        return new Fingerprint("", false, answer -> answer.server().equals(name), "Server: " + name);
    }

    /** Any answer, of whatever status, with this in its body. */
    static Fingerprint anyAnswer(String text) {
        return new Fingerprint("", false, answer -> answer.body().contains(text), "it answers \"" + text + "\"");
    }
}
