// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.util.ArrayList;
import java.util.List;

/**
 * Places in the order in which they are looked at. The first that has something decides; one that is set up and fails ends
 * the search, since going on would ask the store in another's name. Thread-safe.
 *
 * @param <T> what is looked for
 */
public final class CredentialChain<T> implements Refreshed.Fetch<T> {

    private final String what;
    private final String mend;
    private final List<CredentialProvider<T>> providers;

    /**
     * Of these places.
     *
     * @param what is looked for, as in messages
     * @param mend what to do when there is none
     */
    public CredentialChain(String what, String mend, List<CredentialProvider<T>> providers) {
        this.what = what;
        this.mend = mend;
        this.providers = List.copyOf(providers);
    }

    @Override
    public T fetch() throws CredentialException, InterruptedException {
        List<String> tried = new ArrayList<>();
        for (CredentialProvider<T> provider : providers) {
            try {
                switch (provider.find()) {
                    case Finding.Found<T>(T value) -> {
                        return value;
                    }
                    case Finding.Nothing<T>(String why) -> tried.add(provider.name() + " (" + why + ")");
                }
            } catch (CredentialException e) {
                String message = what + " from " + provider.name() + ": " + e.getMessage();
                throw e.isTransient()
                        ? CredentialException.passing(message, e)
                        : CredentialException.lasting(message, e);
            }
        }
        throw CredentialException.lasting("no " + what + " found; looked at " + String.join(", ", tried) + "; " + mend);
    }
}
