// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.hf;

import java.util.ArrayList;
import java.util.List;

import dev.lastcall.warmup.store.HttpDialect;
import dev.lastcall.warmup.store.RangeRequest;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.StoreProblem;
import dev.lastcall.warmup.wire.Origin;
import dev.lastcall.warmup.wire.ResponseHead;
import org.jspecify.annotations.Nullable;

/** GETs of ranges from where the hub says that a file lies, for one reader; confined to its worker. */
final class HubDialect implements HttpDialect {

    private final HubRequests requests;
    private final FileAddresses addresses;
    private FileAddresses.@Nullable Address last;
    private @Nullable RemoteFile unexplained;

    HubDialect(HubRequests requests, FileAddresses addresses) {
        this.requests = requests;
        this.addresses = addresses;
    }

    @Override
    public RangeRequest request(RemoteFile file, long offset, long length) throws StoreException, InterruptedException {
        RemoteFile before = unexplained;
        if (before != null) {
            // Nobody asked why it failed: the address was good.
            addresses.works(before);
        }
        FileAddresses.Address address = addresses.of(file);
        last = address;
        unexplained = file;
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
    public StoreException explain(RemoteFile file, RangeRequest request, ResponseHead head, String body) {
        FileAddresses.Address used = last;
        unexplained = null;
        String what = "GET " + file.location() + " at " + request.origin();
        if (used == null || !used.isElsewhere()) {
            return HubAnswers.explain(what, head);
        }
        // What the hub points to is a cache that knows nothing of models: a refusal there is of the address's signature.
        boolean isAddress = head.status() == 400 || head.status() == 401 || head.status() == 403 || head.status() == 404
                || head.status() == 410;
        try {
            if (isAddress && addresses.refused(file, used)) {
                return new StoreException(StoreProblem.EXPIRED,
                        what + ": " + head.status() + ", the address ran out; the hub is asked for another");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StoreException(StoreProblem.UNREACHABLE, what + ": interrupted", e);
        }
        return HubAnswers.explain(what, head);
    }
}
