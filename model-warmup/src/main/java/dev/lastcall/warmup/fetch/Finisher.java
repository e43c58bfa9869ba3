// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.text.Amount;
import dev.lastcall.warmup.verify.Digest;

/** What happens to a file when its last part is done: proof, flash, name. */
final class Finisher {

    /** How much Linux reads at most when it is asked once: what the device takes at a time, and that is this at the least. */
    private static final long REFILL_STEP_BYTES = 128 << 10;

    private final Engine engine;
    private final Publisher publisher;

    Finisher(Engine engine, Publisher publisher) {
        this.engine = engine;
        this.publisher = publisher;
    }

    /** Only for whom {@link Schedule#claimFinish} chose. True if the file is published. */
    boolean finish(FileFetch fetch) {
        RemoteFile file = fetch.file;
        PartialFile partial = fetch.partial;
        try {
            Optional<String> fault = fault(fetch);
            if (fault.isPresent()) {
                doubt(fetch, fault.get());
                return false;
            }
            if (engine.settings().isSynced()) {
                partial.sync();
            }
            partial.drop(file.sizeBytes());
            partial.close();
            if (engine.mayRefill(file)) {
                try (FileAdvice advice = FileAdvice.opened(partial.path())) {
                    publish(fetch);
                    refill(advice, file.sizeBytes());
                }
            } else {
                publish(fetch);
            }
            return true;
        } catch (IOException e) {
            engine.schedule().fail(FetchException.ofDisk(e, file.path(), partial.path()));
            return false;
        }
    }

    private void publish(FileFetch fetch) throws IOException {
        publisher.publish(fetch.listed, fetch.partial.path());
        Files.deleteIfExists(PartialFile.journalOf(fetch.partial.path()));
        engine.schedule().published(fetch);
    }

    /** A notice does not wait for memory to be filled. */
    private void refill(FileAdvice advice, long bytes) {
        for (long at = 0; at < bytes && !engine.isCancelled(); at += REFILL_STEP_BYTES) {
            advice.readAhead(at, Math.min(REFILL_STEP_BYTES, bytes - at));
        }
    }

    /** What is wrong with the bytes, if anything is. */
    private static Optional<String> fault(FileFetch fetch) throws IOException {
        RemoteFile file = fetch.file;
        if (fetch.partial.sizeOnDisk() != file.sizeBytes()) {
            return Optional
                    .of(Amount.of(fetch.partial.sizeOnDisk()) + " on disk instead of " + Amount.of(file.sizeBytes()));
        }
        if (file.bestDigest().isEmpty()) {
            return Optional.empty();
        }
        Digest expected = file.bestDigest().get();
        Digest actual = expected.kind().isCombinable()
                ? fetch.partial.combined(expected.kind())
                : fetch.hash.finish(file, fetch.partial);
        return actual.equals(expected)
                ? Optional.empty()
                : Optional.of("the store promises " + expected + ", the bytes are " + actual);
    }

    /**
     * Wrong once can be the way here, wrong twice is the store; and neither where the object was replaced meanwhile. A
     * digest belongs to one listing: the store is asked for it again before bytes are judged by it.
     */
    private void doubt(FileFetch fetch, String fault) {
        Optional<FetchException> verdict = verdict(fetch, fault);
        if (verdict.isPresent()) {
            engine.schedule().fail(verdict.get());
        } else if (engine.schedule().restart(fetch, fetch.epoch, FileFetch.Restart.CORRUPT)) {
            engine.startOver(fetch);
        }
    }

    /** Empty if the file is to be fetched once more. */
    private Optional<FetchException> verdict(FileFetch fetch, String fault) {
        RemoteFile file = fetch.file;
        try {
            if (!engine.isStillListed(file)) {
                return Optional.of(new FetchException(FetchException.Reason.CHANGED,
                        bad(file, ModelFault.CHANGED_WHILE_FETCHED, ""), null));
            }
            return fetch.wasCorrupt
                    ? Optional.of(new FetchException(FetchException.Reason.CORRUPT,
                            bad(file, ModelFault.CORRUPT, fault), null))
                    : Optional.empty();
        } catch (StoreException e) {
            return fetch.wasCorrupt
                    ? Optional.of(new FetchException(FetchException.Reason.STORE, e.failure(), e))
                    : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(new FetchException(FetchException.Reason.CANCELLED,
                    new Failure.Ended(file.path(), Ending.INTERRUPTED), e));
        }
    }

    private Failure bad(RemoteFile file, ModelFault fault, String detail) {
        return Failure.BadModel.of(engine.store().family(), engine.store().source(), file.path(), fault, detail);
    }
}
