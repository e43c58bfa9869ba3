// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a private key in any of the three forms that tools write: PKCS#8 (RFC 5958), and the older ones of RSA (PKCS#1, RFC 8017)
 * and of elliptic curves (SEC 1, RFC 5915), which cert-manager and OpenSSL write unless they are asked not to. Java reads PKCS#8
 * only; the older forms are what PKCS#8 has in its envelope.
 */
final class PemKey {

    private static final Pattern BLOCK = Pattern
            .compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final Pattern ENCRYPTED = Pattern.compile("BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: *4,ENCRYPTED");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] VERSION_0 = HEX.parseHex("020100");
    /** The algorithm rsaEncryption, without parameters. */
    private static final byte[] RSA = HEX.parseHex("300d06092a864886f70d0101010500");
    /** The algorithm id-ecPublicKey, whose parameter is the curve. */
    private static final byte[] EC = HEX.parseHex("06072a8648ce3d0201");
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int CURVE = 0xa0;
    private static final int SHORT_LENGTH = 0x80;

    private PemKey() {}

    /**
     * Reads the first private key of a PEM file.
     *
     * @throws GeneralSecurityException if there is none that can be used; its message says why
     */
    static PrivateKey read(String pem) throws GeneralSecurityException {
        if (ENCRYPTED.matcher(pem).find()) {
            throw new InvalidKeySpecException(
                    "it is encrypted with a password; store it without one, readable by root alone");
        }
        Matcher block = BLOCK.matcher(pem);
        if (!block.find()) {
            throw new InvalidKeySpecException("it holds no private key in PEM form");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeySpecException("its private key is not whole", e);
        }
        return key(switch (block.group(1)) {
            case "RSA PRIVATE KEY" -> envelope(RSA, der);
            case "EC PRIVATE KEY" -> envelope(tagged(SEQUENCE, joined(EC, curve(der))), der);
            default -> der;
        });
    }

    private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException another) {
                // The next algorithm may know it.
            }
        }
        throw new InvalidKeySpecException("its private key is not whole, or of another kind than " + ALGORITHMS);
    }

    private static byte[] envelope(byte[] algorithm, byte[] key) {
        return tagged(SEQUENCE, joined(joined(VERSION_0, algorithm), tagged(OCTETS, key)));
    }

    /** The curve's name, which a key of SEC 1 has in its element [0]. */
    private static byte[] curve(byte[] der) throws InvalidKeySpecException {
        int at = content(der, 0);
        while (at < der.length) {
            int begin = content(der, at);
            int end = begin + length(der, at);
            if ((der[at] & 0xff) == CURVE && end <= der.length) {
                return Arrays.copyOfRange(der, begin, end);
            }
            at = end;
        }
        throw new InvalidKeySpecException("its private key names no curve");
    }

    /** Where the content of the element at {@code at} begins. */
    private static int content(byte[] der, int at) throws InvalidKeySpecException {
        int first = byteAt(der, at + 1);
        return at + 2 + (first < SHORT_LENGTH ? 0 : first - SHORT_LENGTH);
    }

    private static int length(byte[] der, int at) throws InvalidKeySpecException {
        int first = byteAt(der, at + 1);
        if (first < SHORT_LENGTH) {
            return first;
        }
        if (first > SHORT_LENGTH + 2) {
            throw new InvalidKeySpecException("its private key is not whole");
        }
        int length = 0;
        for (int i = 0; i < first - SHORT_LENGTH; i++) {
            length = length << 8 | byteAt(der, at + 2 + i);
        }
        return length;
    }

    private static int byteAt(byte[] der, int at) throws InvalidKeySpecException {
        if (at >= der.length) {
            throw new InvalidKeySpecException("its private key is not whole");
        }
        return der[at] & 0xff;
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 4);
        out.write(tag);
        if (content.length < SHORT_LENGTH) {
            out.write(content.length);
        } else {
            out.write(SHORT_LENGTH + 2);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(first.length + second.length);
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }
}
