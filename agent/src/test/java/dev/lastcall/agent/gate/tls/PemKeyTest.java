// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate.tls;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PemKeyTest {

    /** The algorithm of P-256, as a key of SEC 1 names its curve. */
    private static final String P256 = "a00a06082a8648ce3d030107";

    private static PrivateKey generated(String algorithm, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (bits > 0) {
            generator.initialize(bits);
        }
        return generator.generateKeyPair().getPrivate();
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(der)
                + "\n-----END " + what + "-----\n";
    }

    @ParameterizedTest
    @CsvSource({"RSA,2048", "EC,256", "EC,384", "Ed25519,0"})
    void readsPkcs8(String algorithm, int bits) throws Exception {
        PrivateKey key = generated(algorithm, bits);

        assertThat(PemKey.read("a comment\n" + pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(ints = {2048, 3072, 4096})
    void readsTheOlderFormOfRsa(int bits) throws Exception {
        PrivateKey key = generated("RSA", bits);
        byte[] pkcs8 = key.getEncoded();
        // The envelope: two lengths of two bytes, version, algorithm, and the head of the octets.
        byte[] inner = Arrays.copyOfRange(pkcs8, 4 + 3 + 15 + 4, pkcs8.length);

        assertThat(PemKey.read(pem("RSA PRIVATE KEY", inner))).isEqualTo(key);
    }

    @Test
    void readsTheOlderFormOfEllipticCurvesWithItsParametersBefore() throws Exception {
        PrivateKey key = generated("EC", 256);
        byte[] scalar = ((ECPrivateKey) key).getS().toByteArray();
        byte[] padded = new byte[32];
        int skip = Math.max(0, scalar.length - 32);
        System.arraycopy(scalar, skip, padded, 32 - (scalar.length - skip), scalar.length - skip);
        byte[] sec1 = HexFormat.of().parseHex("3031020101" + "0420" + HexFormat.of().formatHex(padded) + P256);
        String text = pem("EC PARAMETERS", HexFormat.of().parseHex("06082a8648ce3d030107"))
                + pem("EC PRIVATE KEY", sec1);

        assertThat(PemKey.read(text)).isInstanceOfSatisfying(ECPrivateKey.class,
                read -> assertThat(read.getS()).isEqualTo(((ECPrivateKey) key).getS()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nMA==\n-----END EC PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nMIT/////\n-----END EC PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\n====\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA"})
    void whatIsNoKeyIsRefusedInWords(String text) {
        assertThatExceptionOfType(InvalidKeySpecException.class).isThrownBy(() -> PemKey.read(text))
                .withMessageMatching("it holds no private key in PEM form|its private key .*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----"})
    void keyWithAPasswordIsNamedAsSuch(String text) {
        assertThatExceptionOfType(InvalidKeySpecException.class).isThrownBy(() -> PemKey.read(text))
                .withMessageContaining("encrypted with a password");
    }
}
