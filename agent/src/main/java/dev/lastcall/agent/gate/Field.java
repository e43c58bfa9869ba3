// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.util.Arrays;

import io.netty.util.AsciiString;

/** The header fields that the gate itself must know; every other one passes as it came. */
enum Field {
    CONNECTION("connection"), KEEP_ALIVE("keep-alive"), PROXY_CONNECTION("proxy-connection"), PROXY_AUTHENTICATE(
            "proxy-authenticate"), PROXY_AUTHORIZATION("proxy-authorization"), TE("te"), TRANSFER_ENCODING(
                    "transfer-encoding"), UPGRADE("upgrade"), HTTP2_SETTINGS("http2-settings"), CONTENT_LENGTH(
                            "content-length"), HOST("host"), EXPECT("expect"), FORWARDED("forwarded"), X_FORWARDED_FOR(
                                    "x-forwarded-for"), X_FORWARDED_PROTO("x-forwarded-proto"), X_FORWARDED_HOST(
                                            "x-forwarded-host"), OTHER("");

    private static final int LONGEST = 19;
    private static final Field[][] BY_LENGTH = byLength();

    private final String text;

    Field(String text) {
        this.text = text;
    }

    /** Which of them a field's name is, whatever its case. */
    static Field of(CharSequence name) {
        int length = name.length();
        if (length > LONGEST) {
            return OTHER;
        }
        for (Field field : BY_LENGTH[length]) {
            if (AsciiString.contentEqualsIgnoreCase(name, field.text)) {
                return field;
            }
        }
        return OTHER;
    }

    /** Whether the field speaks of one connection only and never goes beyond it. */
    boolean isHopByHop() {
        return switch (this) {
            case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
                    TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS ->
                true;
            case CONTENT_LENGTH, HOST, EXPECT, FORWARDED, X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST, OTHER ->
                false;
        };
    }

    private static Field[][] byLength() {
        Field[][] table = new Field[LONGEST + 1][];
        for (int length = 0; length <= LONGEST; length++) {
            int wanted = length;
            table[length] = Arrays.stream(values())
                    .filter(f -> f != OTHER && f.text.length() == wanted)
                    .toArray(Field[]::new);
        }
        return table;
    }
}
