// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.doctor;

import java.util.ArrayList;
import java.util.List;

import dev.lastcall.agent.models.ModelSettings;
import dev.lastcall.warmup.Stores;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.failure.Words;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.text.Amount;

/** The stores of the configured models: each is listed once, with the credentials of this process. */
final class StoreChecks {

    private final Surroundings node;

    StoreChecks(Surroundings node) {
        this.node = node;
    }

    List<DoctorCheck> all() {
        List<DoctorCheck> checks = new ArrayList<>();
        for (ModelSettings model : node.config().models()) {
            checks.add(new DoctorCheck(FindingArea.MODEL, model.name(), "lastcall warm " + model.address()
                    + " cache:" + model.name(), () -> List.of(look(model))));
        }
        return checks;
    }

    private NodeFinding look(ModelSettings model) throws Exception {
        Environment environment = Environment.of(node.environment());
        try (Network network = Network.of(environment.network());
                Store store = new Stores(environment, network).open(model.address(), model.store())) {
            Listing listing = store.list(model.selection());
            long room = node.config().cache().quota().bytes(total());
            String what = listing.files().size() + " files, " + Amount.of(listing.totalBytes()) + ", at "
                    + store.source();
            if (listing.files().isEmpty()) {
                return NodeFinding.fail(FindingArea.MODEL, model.name(),
                        "is empty: no file is selected at " + store.source(),
                        "correct models[].from, include or exclude");
            }
            return room > 0 && listing.totalBytes() > room
                    ? NodeFinding.fail(FindingArea.MODEL, model.name(), what + "; the quota of the cache is "
                            + Amount.of(room), "set cache.quota or cache.path")
                    : NodeFinding.ok(FindingArea.MODEL, model.name(), what);
        } catch (StoreException | CredentialException | IllegalArgumentException refused) {
            Words words = Words.of(model.address(), refused);
            return NodeFinding.fail(FindingArea.MODEL, model.name(),
                    new Words(words.what(), words.where(), words.why(), "")
                            .line(),
                    words.remedy() + (words.remedy().isEmpty() ? "" : "; ")
                            + "the service has its environment from /etc/default/lastcall");
        }
    }

    private long total() {
        try {
            return CacheChecks.existing(node.config().cache().path()).toFile().getTotalSpace();
        } catch (java.io.IOException unknown) {
            return 0;
        }
    }
}
