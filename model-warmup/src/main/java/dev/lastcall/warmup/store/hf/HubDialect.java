// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.http.HttpDialect;
import dev.lastcall.warmup.store.http.RangeRequest;
import dev.lastcall.warmup.store.http.ResolvedAddresses;
import org.jspecify.annotations.Nullable;

/** GETs of ranges from where the hub says that a file lies, for one reader; confined to its worker. */
final class HubDialect implements HttpDialect {

    private static final Set<Integer> ADDRESS_REFUSED = Set.of(400, 401, 403, 404, 410);

    private final HubRequests requests;
    private final ResolvedAddresses addresses;
    private ResolvedAddresses.@Nullable Address last;

    HubDialect(HubRequests requests, ResolvedAddresses addresses) {
        this.requests = requests;
        this.addresses = addresses;
    }

    @Override
    public RangeRequest request(RemoteFile file, long offset, long length) throws StoreException, InterruptedException {
        ResolvedAddresses.Address address = addresses.of(file);
        last = address;
        List<String> lines = new ArrayList<>(List.of("range: bytes=" + offset + "-" + (offset + length - 1)));
        if (address.isElsewhere()) {
            lines.addAll(List.of("user-agent: lastcall", "accept-encoding: identity"));
        } else {
            requests.headers().forEach((name, value) -> lines.add(name + ": " + value));
        }
        String path = address.uri().getRawPath().isEmpty() ? "/" : address.uri().getRawPath();
        String target = address.uri().getRawQuery() == null ? path : path + "?" + address.uri().getRawQuery();
        return new RangeRequest(Origin.of(address.uri()), target, lines);
    }

    @Override
    public StoreFamily family() {
        return StoreFamily.HUB;
    }

    @Override
    public void agreed(RemoteFile file) {
        addresses.works(file);
    }

    @Override
    public StoreException explain(RemoteFile file, RangeRequest request, ResponseHead head, String body) {
        ResolvedAddresses.Address used = last;
        String what = "GET " + file.location() + " at " + request.origin();
        if (used == null) {
            return HubAnswers.explain(what, head);
        }
        try {
            if (head.status() / 100 == 3) {
                // A mirror that points to the hub, which points to its own cache.
                URI next = requests.next(what, used.uri(), head);
                addresses.know(file.location(), new ResolvedAddresses.Address(next, true));
                return refused(what, head, Refusal.FILE_ELSEWHERE);
            }
            // What the hub points to is a cache that knows nothing of models: a refusal there is of the address's signature.
            boolean isAddress = used.isElsewhere() && ADDRESS_REFUSED.contains(head.status());
            if (isAddress && addresses.refused(file, used)) {
                return refused(what, head, Refusal.FILE_ADDRESS_ENDED);
            }
            if (isAddress && (head.status() == 401 || head.status() == 403)) {
                return refused(what, head, Refusal.FILE_ADDRESS_REFUSED);
            }
        } catch (StoreException refused) {
            return refused;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StoreException(new Failure.NoAnswer(what, Silence.INTERRUPTED, "", StoreProblem.UNREACHABLE), e);
        }
        return HubAnswers.explain(what, head);
    }

    private static StoreException refused(String what, ResponseHead head, Refusal refusal) {
        return new StoreException(
                new Failure.Refused(StoreFamily.HUB, what, Integer.toString(head.status()), refusal));
    }
}
