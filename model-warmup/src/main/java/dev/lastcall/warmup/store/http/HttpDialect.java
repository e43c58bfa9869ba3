// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;

/** How one kind of store words a ranged GET and what its refusals mean. Thread-safe. */
public interface HttpDialect {

    /** The request for a range, or for the whole file where it is not ranged. */
    RangeRequest request(RemoteFile file, long offset, long length) throws StoreException, InterruptedException;

    /** The kind of store: what an answer of it means. */
    StoreFamily family();

    /** A range of the file was agreed to: where it was asked for is right. */
    default void agreed(RemoteFile file) {}

    /**
     * What a status other than 200 and 206 means. May note what it learns (a moved object, expired credentials) so that
     * the next request is right.
     *
     * @param body the beginning of the response's body
     */
    StoreException explain(RemoteFile file, RangeRequest request, ResponseHead head, String body);
}
