// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.io.IOException;
import java.nio.file.Path;

import dev.lastcall.warmup.store.RemoteFile;

/** Gives a file its name. Called on a thread of the engine, for several files at once. */
@FunctionalInterface
public interface Publisher {

    /**
     * Takes a file that is whole, verified and, where that is asked for, on flash.
     *
     * @param file as listed
     * @param partial its bytes, to be renamed
     */
    void publish(RemoteFile file, Path partial) throws IOException;
}
