// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.cache;

import java.nio.file.Path;
import java.util.regex.Pattern;

import dev.lastcall.warmup.failure.AddressFault;
import dev.lastcall.warmup.failure.Failure;

/**
 * Every path of the cache.
 *
 * <pre>
 * ROOT/NAME                              link to the warm version's folder: what a server is given
 * ROOT/models--ORG--NAME/                the same files as Hugging Face's cache lays them out
 * ROOT/.lastcall/trees/NAME@VERSION/     the files of one version
 * ROOT/.lastcall/manifests/NAME@VERSION.json
 * ROOT/.lastcall/partial/NAME/OWNER/     bytes on their way, and their journals
 * ROOT/.lastcall/leases/NAME             who works on the model, and how much is still going to be written
 * ROOT/.lastcall/room                    who allots free space at the moment
 * ROOT/.lastcall/used/NAME               its time of modification: when the model was last used
 * ROOT/.lastcall/holds/NAME/HOLDER       who holds the model
 * ROOT/.lastcall/quarantine/             files that were found damaged
 * ROOT/.lastcall/scratch/                what is about to get its name
 * </pre>
 *
 * @param root the directory of the cache
 */
public record CacheLayout(Path root) {

    /** Our own corner. */
    static final String STATE = ".lastcall";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** Whether this can be the name of a model, a version or a holder. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    static String requireName(String what, String text) throws CacheException {
        if (!isName(text)) {
            throw new CacheException(CacheException.Reason.REFUSED,
                    new Failure.BadAddress("\"" + text + "\"", AddressFault.NAME, what), null);
        }
        return text;
    }

    Path state() {
        return root.resolve(STATE);
    }

    Path link(String model) {
        return root.resolve(model);
    }

    Path trees() {
        return state().resolve("trees");
    }

    Path manifests() {
        return state().resolve("manifests");
    }

    Path used(String model) {
        return state().resolve("used").resolve(model);
    }

    Path holds(String model) {
        return state().resolve("holds").resolve(model);
    }

    Path partials(String model) {
        return state().resolve("partial").resolve(model);
    }

    Path quarantine() {
        return state().resolve("quarantine");
    }

    Path hub(String repository) {
        return root.resolve("models--" + repository.replace("/", "--"));
    }

    /** Where one version of a model lives. */
    ModelPlace place(String model, String version) {
        String tree = model + "@" + version;
        Path files = trees().resolve(tree);
        Path manifest = manifests().resolve(tree + ".json");
        return new ModelPlace(root, files, files, manifest, manifest, partials(model), lease(model), quarantine());
    }

    Path leases() {
        return state().resolve("leases");
    }

    Path lease(String model) {
        return leases().resolve(model);
    }

    /** The right to allot free space: one process at a time. */
    Path room() {
        return state().resolve("room");
    }

    /** Where files and links are made that get their names by a rename, so that no process ever sees a half-made one. */
    Path scratch() {
        return state().resolve("scratch");
    }
}
