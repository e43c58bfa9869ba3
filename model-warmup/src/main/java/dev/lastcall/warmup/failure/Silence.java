// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** Why no answer came over the network, or only a part of one. */
public enum Silence {
    /** DNS. */
    NAME("the name does not resolve", "check the name in the address, and this node's resolver (/etc/resolv.conf)"),
    /** Where credentials are handed out. */
    INSIDE("the store points to {}, which leads into this node's own network: that is not followed",
            "name the address that it leads to, if that is right"),
    /** TCP. */
    REFUSED("the connection was refused",
            "nothing listens there: check host and port of the address, and whether the store runs"),
    /** Routing. */
    NO_ROUTE("there is no way from this node to there",
            "check its routes, and HTTPS_PROXY if it has to go through a proxy"),
    /** TLS. */
    UNKNOWN_AUTHORITY("the certificate there is of an authority that this node does not trust",
            "let SSL_CERT_FILE name the authorities that this node shall trust, or correct the store's certificate"),
    /** TLS. */
    CERTIFICATE_TIME("the certificate there has ended, or is not valid yet", "renew it, or set this node's clock"),
    /** TLS. */
    CERTIFICATE_NAME("the certificate there is for another host",
            "use the name that it is for, or let SSL_CERT_FILE name"
                    + " authorities and the store show a certificate for this name"),
    /** TLS. */
    TLS("the TLS handshake failed", "check that https is spoken at this port, and with TLS 1.2 or later"),
    /** TLS: who asks would have to prove who it is. */
    CLIENT_CERTIFICATE("the server asks for a certificate of the client, and none is shown",
            "let it serve the model without one, or put a proxy between that shows it"),
    /** TLS. */
    TLS_VERSION("the server speaks no version of TLS, or no cipher, that is used here",
            "let it speak TLS 1.2 or later"),
    /** TLS. */
    TLS_HOST("the server there serves no host of this name by TLS",
            "check the host's name in the address, and which names the server serves"),
    /** As it says. */
    TIMED_OUT("no answer came in time: timed out",
            "check firewalls and security groups between this node and the store, and"
                    + " HTTPS_PROXY if it has to go through a proxy"),
    /** As it says. */
    CLOSED("the connection was closed before the answer was whole",
            "it is tried again: look at the store, and what is between, if it stays"),
    /** As it says. */
    STALLED("no byte came for too long, and the connection was given up",
            "it is tried again: look at the store if it stays"),
    /** Not HTTP, or beyond a limit. */
    NO_HTTP("what answers there breaks HTTP: {}", "look at the server, and at proxies between"),
    /** A proxy wants to know who asks. */
    PROXY_PASSWORD("{} wants a user and a password",
            "put them into the variable as user:password, with an @ before the host"),
    /** A proxy does not let it through. */
    PROXY_REFUSES("{} does not lead there", "allow the host there, or name it in NO_PROXY"),
    /** A proxy has no way. */
    PROXY_CANNOT("{} does not lead there", "it cannot reach the other side now: look at the proxy if it stays"),
    /** The program is ending, or the model is not wanted any more. */
    INTERRUPTED("interrupted before the answer came", ""),
    /** Whatever else. */
    OTHER("the connection failed", "it is tried again: look at the network if it stays");

    private final String what;
    private final String remedy;

    Silence(String what, String remedy) {
        this.what = what;
        this.remedy = remedy;
    }

    /** In words; {@code {}} is replaced by the detail. */
    String what() {
        return what;
    }

    String remedy() {
        return remedy;
    }
}
