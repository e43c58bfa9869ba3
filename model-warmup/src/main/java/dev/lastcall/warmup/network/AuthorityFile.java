// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.network;

import java.io.IOException;
import java.nio.file.Path;

import dev.lastcall.warmup.failure.DiskFaults;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.LocalException;

/**
 * A PEM file of authorities to trust.
 *
 * @param setBy the variable or the setting that names it
 */
public record AuthorityFile(String setBy, Path pem) {

    /**
     * Looks at the file, without reading all of it.
     *
     * @throws LocalException if it cannot be read or holds no certificate, naming what names it
     */
    public void check() throws LocalException {
        try {
            TrustWhenAsked.check(pem);
        } catch (IOException e) {
            throw new LocalException(new Failure.BadAuthorities(setBy, DiskFaults.onDisk(e, pem.toString())), e);
        }
    }
}
