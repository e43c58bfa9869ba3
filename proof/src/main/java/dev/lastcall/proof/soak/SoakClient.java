// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.proof.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

import dev.lastcall.metadata.NodeClock;
import org.jspecify.annotations.Nullable;

/** One client: asks, judges the answer, and asks again, on kept and on new connections. Confined to its thread. */
final class SoakClient implements Runnable {

    private static final double KEEPS = 0.75;
    private static final double FAULTS = 0.2;
    private static final int MOST_PAUSE_MILLIS = 120;
    private static final int PINNED_EVENTS = 150;
    private static final int PINNED_GAP_MILLIS = 100;
    private static final int STUCK_EVENTS = 4;
    private static final int PAUSE_AFTER_REFUSAL_MILLIS = 150;
    private static final List<Kind> MIX = List.of(Kind.STREAM, Kind.STREAM, Kind.PLAIN, Kind.PLAIN, Kind.PLAIN,
            Kind.CHUNKED,
            Kind.UPLOAD, Kind.HEAD, Kind.NO_CONTENT, Kind.NOT_MODIFIED, Kind.SLOW_READER, Kind.LEAVER,
            Kind.UPLOAD_LEAVER, Kind.WEB_SOCKET);

    private final String name;
    private final int port;
    private final SplittableRandom random;
    private final SoakTally tally;
    private final DoorWatch doors;
    private @Nullable Wire kept;
    private int asked;

    SoakClient(String name, int port, SplittableRandom random, SoakTally tally, DoorWatch doors) {
        this.name = name;
        this.port = port;
        this.random = random;
        this.tally = tally;
        this.doors = doors;
    }

    @Override
    public void run() {
        try {
            while (tally.isRunning()) {
                if (tally.isPaused()) {
                    drop();
                    NodeClock.system().sleep(Duration.ofMillis(20));
                    continue;
                }
                End end = ask(next());
                NodeClock.system()
                        .sleep(Duration.ofMillis(
                                random.nextInt(MOST_PAUSE_MILLIS)
                                        + (end == End.REFUSED ? PAUSE_AFTER_REFUSAL_MILLIS : 0)));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            drop();
        }
    }

    /** One stream that lasts until the cut; a stuck one is in the middle of an event by then. */
    void pin(SoakFault fault) {
        boolean stuck = fault == SoakFault.STUCK;
        ask(new Ask(name, Kind.STREAM, fault, stuck ? STUCK_EVENTS : PINNED_EVENTS, stuck ? 0 : PINNED_GAP_MILLIS));
        drop();
    }

    private Ask next() {
        Kind kind = MIX.get(random.nextInt(MIX.size()));
        SoakFault fault = random.nextDouble() < FAULTS ? fault(kind) : SoakFault.NONE;
        int size = switch (kind) {
            case STREAM -> 2 + random.nextInt(30);
            case LEAVER -> 60;
            case PLAIN, CHUNKED -> 200 + random.nextInt(30_000);
            case UPLOAD -> 1_000 + random.nextInt(120_000);
            case UPLOAD_LEAVER -> 40_000;
            case SLOW_READER -> 300_000;
            case WEB_SOCKET -> 1 + random.nextInt(8);
            case HEAD, NO_CONTENT, NOT_MODIFIED -> 0;
        };
        return new Ask(name + "-" + asked++, kind, fault, size, 5 + random.nextInt(40));
    }

    private SoakFault fault(Kind kind) {
        List<SoakFault> possible = switch (kind) {
            case STREAM, PLAIN, CHUNKED, UPLOAD ->
                List.of(SoakFault.RESET_BEFORE, SoakFault.HALF_RESET, SoakFault.HALF_CLOSE, SoakFault.STALL,
                        SoakFault.LEFTOVER, SoakFault.LEFTOVER, SoakFault.LAST);
            case HEAD, NO_CONTENT, NOT_MODIFIED ->
                List.of(SoakFault.RESET_BEFORE, SoakFault.LEFTOVER, SoakFault.LEFTOVER, SoakFault.LAST);
            case SLOW_READER -> List.of(SoakFault.STALL, SoakFault.LAST);
            case LEAVER, UPLOAD_LEAVER, WEB_SOCKET -> List.of(SoakFault.NONE);
        };
        return possible.get(random.nextInt(possible.size()));
    }

    private End ask(Ask ask) {
        tally.asked();
        while (true) {
            boolean reused = kept != null && !kept.isStale();
            if (!reused) {
                drop();
            }
            Judged judged;
            try {
                Wire wire = reused && kept != null ? kept : Wire.connect(port, ask.kind() == Kind.SLOW_READER);
                kept = wire;
                judged = new Talk(wire, ask, doors, reused).hold();
            } catch (IOException failure) {
                judged = new Judged(End.LOST, "connecting: " + failure, false);
            }
            if (!judged.keeps() || random.nextDouble() > KEEPS) {
                drop();
            }
            if (judged.end() == End.LOST && judged.detail().equals(Talk.RACED)) {
                tally.raced();
                continue;
            }
            tally.ended(ask, judged);
            return judged.end();
        }
    }

    private void drop() {
        if (kept != null) {
            kept.close();
            kept = null;
        }
    }
}
