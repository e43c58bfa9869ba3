// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.fetch;

import java.nio.file.Path;

import dev.lastcall.warmup.store.RemoteFile;

/**
 * One file to bring.
 *
 * @param file as listed
 * @param partial where its bytes grow, on the same file system as where they will be published; no other process writes there
 */
public record FetchTask(RemoteFile file, Path partial) {}
