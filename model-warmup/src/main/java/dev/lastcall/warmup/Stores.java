// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.credentials.AwsChain;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.credentials.GoogleChain;
import dev.lastcall.warmup.store.FolderStore;
import dev.lastcall.warmup.store.HttpStore;
import dev.lastcall.warmup.store.Network;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.gcs.GcsSettings;
import dev.lastcall.warmup.store.gcs.GcsStore;
import dev.lastcall.warmup.store.hf.HubSettings;
import dev.lastcall.warmup.store.hf.HubStore;
import dev.lastcall.warmup.store.s3.S3Settings;
import dev.lastcall.warmup.store.s3.S3Store;

/**
 * Opens the store that an address names, with everything else taken from the environment as the stores' own tools take it:
 * {@code s3://bucket/prefix}, {@code gs://bucket/prefix}, {@code hf://organisation/name@revision}, {@code http(s)://…} and
 * the path of a folder. Thread-safe.
 */
public final class Stores {

    private static final Pattern BUCKET = Pattern.compile("(s3|gs)://([A-Za-z0-9._-]{3,222})(?:/(.*))?",
            Pattern.DOTALL);
    private static final Pattern HUB = Pattern.compile("hf://([^@/\\s]+(?:/[^@/\\s]+)?)/?(?:@(\\S{1,256}))?");

    private final Environment environment;
    private final Network network;

    /** From this environment, over this network. */
    public Stores(Environment environment, Network network) {
        this.environment = environment;
        this.network = network;
    }

    /**
     * Opens the store; asks nothing of it yet.
     *
     * @param anonymous whether to go without credentials
     * @throws IllegalArgumentException if the address is of no known kind, with what is known
     * @throws CredentialException if a file with a token is there and cannot be used
     */
    public Store open(String address, boolean anonymous) throws CredentialException {
        Matcher bucket = BUCKET.matcher(address);
        if (bucket.matches()) {
            String prefix = bucket.group(3) == null ? "" : bucket.group(3);
            return bucket.group(1).equals("s3")
                    ? s3(bucket.group(2), prefix, anonymous)
                    : gcs(bucket.group(2), prefix, anonymous);
        }
        Matcher hub = HUB.matcher(address);
        if (hub.matches()) {
            HubSettings settings = HubSettings.from(environment);
            return new HubStore(hub.group(1), hub.group(2) == null ? "main" : hub.group(2),
                    anonymous ? settings.withoutToken() : settings, network);
        }
        if (address.startsWith("http://") || address.startsWith("https://")) {
            return new HttpStore(URI.create(address), List.of(), Map.of(), network);
        }
        if (address.startsWith("file:///")) {
            return new FolderStore(Path.of(URI.create(address)));
        }
        if (address.startsWith("/") || address.startsWith("./")) {
            return new FolderStore(Path.of(address));
        }
        throw new IllegalArgumentException("\"" + address + "\" names no store; known are s3://bucket/prefix,"
                + " gs://bucket/prefix, hf://organisation/name@revision, https://host/path and the path of a folder");
    }

    private Store s3(String bucket, String prefix, boolean anonymous) {
        S3Settings settings = S3Settings.from(environment);
        return new S3Store(bucket, prefix, anonymous ? settings.unsigned() : settings,
                AwsChain.of(environment, network.control()), network);
    }

    private Store gcs(String bucket, String prefix, boolean anonymous) {
        GcsSettings settings = GcsSettings.from(environment);
        return new GcsStore(bucket, prefix, anonymous ? settings.withoutToken() : settings,
                GoogleChain.of(environment, network.control()), network);
    }
}
