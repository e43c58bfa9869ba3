// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import dev.lastcall.warmup.store.RemoteFile;

/**
 * Adjacent parts of one file that one worker fetches by one request. Others may take parts off its end that its worker
 * has not begun. {@code next} and {@code end} are guarded by the {@link Schedule}.
 */
final class Run {

    final FileFetch fetch;
    final RemoteFile file;
    final PartialFile partial;
    final int attempt;
    int next;
    int end;

    /** Of the attempt that is under way. */
    Run(FileFetch fetch, TransferState.Transferring now, int first, int end) {
        this.fetch = fetch;
        this.file = fetch.file;
        this.partial = fetch.partial;
        this.attempt = now.attempt().number();
        this.next = first;
        this.end = end;
    }

    int unbegun() {
        return end - next;
    }
}
