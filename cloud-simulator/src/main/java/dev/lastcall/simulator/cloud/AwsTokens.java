// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.simulator.cloud;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.lastcall.simulator.script.Effect;
import dev.lastcall.simulator.script.Fault;
import dev.lastcall.simulator.script.Timeline;

/** The session tokens given out, the oldest forgotten beyond a bound. Confined to the event loop. */
public final class AwsTokens {

    /** EC2 names no limit; a client that takes one for every call must not fill the heap. */
    private static final int MAX_TOKENS = 10_000;
    private static final int TOKEN_BYTES = 40;

    private record Token(Instant expiry, Duration issuedAt) {}

    private final Map<String, Token> tokens = new LinkedHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final Timeline timeline;
    private final SimulatorClock clock;

    public AwsTokens(Timeline timeline, SimulatorClock clock) {
        this.timeline = timeline;
        this.clock = clock;
    }

    String issue(Duration ttl) {
        if (tokens.size() >= MAX_TOKENS) {
            Iterator<String> oldest = tokens.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().encodeToString(bytes);
        tokens.put(token, new Token(clock.now().plus(ttl), clock.position()));
        return token;
    }

    boolean isValid(String token) {
        Token known = tokens.get(token);
        return known != null && clock.now().isBefore(known.expiry()) && !isRevoked(known);
    }

    private boolean isRevoked(Token token) {
        return timeline.faults()
                .stream()
                .filter(fault -> fault.has(Effect.RevokeTokens.class))
                .map(Fault::from)
                .anyMatch(from -> token.issuedAt().compareTo(from) < 0 && clock.position().compareTo(from) >= 0);
    }
}
