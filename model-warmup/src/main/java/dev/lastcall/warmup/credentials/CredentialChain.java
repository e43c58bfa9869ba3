// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.credentials;

import java.util.ArrayList;
import java.util.List;

import dev.lastcall.warmup.failure.CredentialFault;

/**
 * Places in the order in which they are looked at. The first that has something decides; one that is set up and fails ends
 * the search, since going on would ask the store in another's name. Thread-safe.
 *
 * @param <T> what is looked for
 */
public final class CredentialChain<T> implements Refreshed.Fetch<T> {

    private final String what;
    private final CredentialFault none;
    private final List<CredentialProvider<T>> providers;

    /**
     * Of these places.
     *
     * @param what is looked for, as in messages
     * @param none the fault when there is none
     */
    public CredentialChain(String what, CredentialFault none, List<CredentialProvider<T>> providers) {
        this.what = what;
        this.none = none;
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
                throw new CredentialException(what + " from " + provider.name(),
                        e.isTransient() ? CredentialFault.FROM_PASSING : CredentialFault.FROM, e);
            }
        }
        throw new CredentialException("", none, String.join(", ", tried));
    }
}
