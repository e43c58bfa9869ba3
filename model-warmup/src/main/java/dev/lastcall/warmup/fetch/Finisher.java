// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.lastcall.warmup.failure.Ending;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.fetch.TransferEvent.Proof;
import dev.lastcall.warmup.fetch.TransferState.Whole;
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

    /** Of a file that is to be verified, on the one thread that does it. True if the file is published. */
    boolean finish(FileFetch fetch) {
        RemoteFile file = fetch.file;
        PartialFile partial = fetch.partial;
        try {
            Optional<String> fault = fault(fetch);
            if (fault.isPresent()) {
                doubt(fetch, fault.get());
                return false;
            }
            Optional<TransferState> checked = engine.checked(fetch,
                    file.bestDigest().isPresent() ? Proof.DIGEST : Proof.SIZE,
                    corrupt(file, "the store promised a digest and then none"));
            if (checked.filter(Whole.class::isInstance).isEmpty()) {
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
            engine.giveUp(fetch, FetchException.ofDisk(e, file.path(), partial.path()));
            return false;
        }
    }

    private void publish(FileFetch fetch) throws IOException {
        publisher.publish(fetch.listed, fetch.partial.path());
        engine.schedule().happened(fetch, new TransferEvent.Named());
        dropJournal(fetch.partial.path());
    }

    /** A journal without its bytes is ignored, so that it costs nothing where it cannot be deleted. */
    @SuppressWarnings("EmptyCatch")
    private static void dropJournal(Path partial) {
        try {
            Files.deleteIfExists(PartialFile.journalOf(partial));
        } catch (IOException ignored) {}
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
     * The bytes are wrong; or the object was replaced meanwhile. A digest belongs to one listing: the store is asked for it
     * again before bytes are judged by it.
     */
    private void doubt(FileFetch fetch, String fault) {
        RemoteFile file = fetch.file;
        try {
            if (engine.isStillListed(file)) {
                engine.checked(fetch, Proof.WRONG, corrupt(file, fault));
            } else {
                engine.giveUp(fetch, new FetchException(FetchException.Reason.CHANGED,
                        bad(file, ModelFault.CHANGED_WHILE_FETCHED, ""), null));
            }
        } catch (StoreException e) {
            engine.checked(fetch, Proof.WRONG, new FetchException(FetchException.Reason.STORE, e.failure(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            engine.giveUp(fetch, new FetchException(FetchException.Reason.CANCELLED,
                    new Failure.Ended(file.path(), Ending.INTERRUPTED), e));
        }
    }

    private FetchException corrupt(RemoteFile file, String fault) {
        return new FetchException(FetchException.Reason.CORRUPT, bad(file, ModelFault.CORRUPT, fault), null);
    }

    private Failure bad(RemoteFile file, ModelFault fault, String detail) {
        return Failure.BadModel.of(engine.store().family(), engine.store().source(), file.path(), fault, detail);
    }
}
