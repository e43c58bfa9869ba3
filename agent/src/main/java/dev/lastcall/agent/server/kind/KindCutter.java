// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server.kind;

import java.time.Duration;
import java.util.function.Supplier;

import dev.lastcall.agent.server.CutScope;
import dev.lastcall.agent.server.Cutter;
import dev.lastcall.agent.server.ServerKind;

/** Has a server abort its requests, where its kind has a call for it. Thread-safe. */
public final class KindCutter implements Cutter {

    private final Supplier<ServerKind> kind;
    private final Access access;
    private final LocalHttp http;

    /** @param kind the kind as it is known at the time of the cut */
    public KindCutter(Supplier<ServerKind> kind, Access access, LocalHttp http) {
        this.kind = kind;
        this.access = access;
        this.http = http;
    }

    @Override
    public int cut(Duration bound) {
        return cut(bound, new CutScope());
    }

    @Override
    public int cut(Duration bound, CutScope scope) {
        return scope.abort(() -> cutter().cut(bound));
    }

    private Cutter cutter() {
        return Kinds.of(kind.get()).abort().<Cutter>map(call -> new AbortCall(http, access, call)).orElse(Cutter.NONE);
    }
}
