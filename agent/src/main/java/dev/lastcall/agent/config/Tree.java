// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.util.List;
import java.util.Map;

/** The file as it is written, every key and value with its place, before anything is made of it. */
sealed interface Tree {

    /** Where it begins. */
    Position at();

    /** A place in the file, both counted from 1. */
    record Position(int line, int column) {
        static final Position START = new Position(1, 1);
    }

    /** Keys and their values, in the order of the file. */
    record Mapping(Position at, Map<String, Entry> entries) implements Tree {
        static final Mapping EMPTY = new Mapping(Position.START, Map.of());
    }

    /** A key's place and its value. */
    record Entry(Position keyAt, Tree value) {}

    /** A list. */
    record Sequence(Position at, List<Tree> items) implements Tree {}

    /** A single value as text; what it means is the key's to say. */
    record Scalar(Position at, String text) implements Tree {}

    /** A key with nothing behind it. */
    record Nothing(Position at) implements Tree {}
}
