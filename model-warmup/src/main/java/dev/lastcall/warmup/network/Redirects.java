// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.EnumSet;
import java.util.Set;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.http.Zone;
import dev.lastcall.warmup.store.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * Judges where a store sends us; every redirect of every store passes here. Never from https to http, and never to this
 * machine, its link or its metadata service, unless the configured address is there itself: by its name, and by what the
 * name leads to, now and whenever it is dialled. Credentials are the caller's to drop where the origin is another.
 * Thread-safe; a judgement may look a name up and blocks.
 */
public final class Redirects {

    private static final int MAX_PORT = 65535;

    private final Origin configured;
    private final ControlClient control;

    /**
     * @param configured what the operator named
     * @param control the client that the store uses; it learns each host that is followed
     */
    public Redirects(Origin configured, ControlClient control) {
        this.configured = configured;
        this.control = control;
        control.followed().trust(configured.host());
    }

    /**
     * Where a redirect leads.
     *
     * @param what was asked, for messages
     * @param from the address that answered
     * @throws StoreException where it leads nowhere, or must not be followed
     */
    public URI next(String what, URI from, ResponseHead head) throws StoreException {
        String location = head.field("location").orElse("");
        URI next;
        Origin origin;
        try {
            if (location.isEmpty()) {
                throw new IllegalArgumentException("a redirect without Location");
            }
            next = from.resolve(location);
            origin = Origin.of(next);
        } catch (IllegalArgumentException e) {
            throw bad(what, location.isEmpty() ? AnswerFault.REDIRECT_NOWHERE : AnswerFault.REDIRECT_ODD, "", e);
        }
        if (origin.port() < 1 || origin.port() > MAX_PORT) {
            throw bad(what, AnswerFault.REDIRECT_PORT, Integer.toString(origin.port()), null);
        }
        if (Origin.of(from).tls() && !origin.tls()) {
            throw bad(what, AnswerFault.REDIRECT_UNSAFE, "", null);
        }
        if (!mayFollow(origin)) {
            throw bad(what, AnswerFault.REDIRECT_INSIDE, origin.toString(), null);
        }
        return next;
    }

    /** Whether it is not of a part of the network where only the operator may send us. */
    public boolean mayFollow(Origin to) {
        if (to.host().equalsIgnoreCase(configured.host())) {
            return true;
        }
        Set<Zone> allowed = allowed();
        if (!allowed.contains(Zone.ofHost(to.host()))) {
            return false;
        }
        Set<Zone> reached = control.isProxied(to) ? Set.of() : zones(to.host());
        if (!allowed.containsAll(reached)) {
            return false;
        }
        control.followed().follow(to.host(), allowed);
        return true;
    }

    private Set<Zone> allowed() {
        Set<Zone> allowed = EnumSet.of(Zone.OUTSIDE, Zone.ofHost(configured.host()));
        if (!control.isProxied(configured)) {
            allowed.addAll(zones(configured.host()));
        }
        return allowed;
    }

    /** What a name leads to; nothing where it cannot be known, as dialling it will say. */
    private static Set<Zone> zones(String host) {
        Set<Zone> zones = EnumSet.noneOf(Zone.class);
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                zones.add(Zone.of(address));
            }
        } catch (UnknownHostException none) {
            return zones;
        }
        return zones;
    }

    private static StoreException bad(String what, AnswerFault fault, String detail, @Nullable Throwable cause) {
        return new StoreException(new Failure.BadAnswer(StoreFamily.WEB, what, fault, detail), cause);
    }
}
