// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.lastcall.warmup.credentials.AwsChain;
import dev.lastcall.warmup.credentials.CredentialException;
import dev.lastcall.warmup.credentials.Environment;
import dev.lastcall.warmup.credentials.GoogleChain;
import dev.lastcall.warmup.failure.AddressException;
import dev.lastcall.warmup.failure.AddressFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.folder.FolderStore;
import dev.lastcall.warmup.store.gcs.GcsSettings;
import dev.lastcall.warmup.store.gcs.GcsStore;
import dev.lastcall.warmup.store.hf.HubSettings;
import dev.lastcall.warmup.store.hf.HubStore;
import dev.lastcall.warmup.store.s3.S3Settings;
import dev.lastcall.warmup.store.s3.S3Store;
import dev.lastcall.warmup.store.web.WebStore;

/**
 * Opens the store that an address names, with everything else taken from the environment as the stores' own tools take it:
 * {@code s3://bucket/prefix}, {@code gs://bucket/prefix}, {@code hf://organisation/name@revision}, {@code http(s)://…} and
 * the path of a folder. Thread-safe.
 */
public final class Stores {

    private static final Pattern BUCKET = Pattern.compile("(s3|gs)://([A-Za-z0-9._-]{1,222})(?:/(.*))?",
            Pattern.DOTALL);
    private static final Pattern HUB = Pattern.compile("hf://([^@/\\s]+(?:/[^@/\\s]+)?)/?(?:@(\\S{1,256}))?");

    private static final String HUB_REVISION = "main";

    /** The kinds of addresses, for messages. */
    public static final String KNOWN = "s3://bucket/prefix, gs://bucket/prefix, hf://organisation/name@revision,"
            + " https://host/path and the path of a folder";

    private final Environment environment;
    private final Network network;

    /** From this environment, over this network. */
    public Stores(Environment environment, Network network) {
        this.environment = environment;
        this.network = network;
    }

    /**
     * Opens the store with all else from the environment.
     *
     * @param anonymous whether to go without credentials
     * @throws IllegalArgumentException if the address is of no known kind, with what is known
     * @throws CredentialException if a file with a token is there and cannot be used
     */
    public Store open(String address, boolean anonymous) throws CredentialException {
        return open(address, anonymous ? StoreSettings.DEFAULT.unsigned() : StoreSettings.DEFAULT);
    }

    /**
     * Opens the store; asks nothing of it yet.
     *
     * @throws IllegalArgumentException if the address is of no known kind, with what is known
     * @throws CredentialException if a file with a token is there and cannot be used
     */
    public Store open(String address, StoreSettings settings) throws CredentialException {
        Matcher bucket = BUCKET.matcher(address);
        if (bucket.matches()) {
            String prefix = bucket.group(3) == null ? "" : bucket.group(3);
            return bucket.group(1).equals("s3")
                    ? s3(bucket.group(2), prefix, settings)
                    : gcs(bucket.group(2), prefix, settings);
        }
        Matcher hub = HUB.matcher(address);
        if (hub.matches()) {
            return hub(hub.group(1), hub.group(2) == null ? HUB_REVISION : hub.group(2), settings);
        }
        if (address.startsWith("http://") || address.startsWith("https://")) {
            return new WebStore(uri(address, AddressFault.NO_URL), settings.names(), settings.headers(), network);
        }
        if (address.startsWith("file:///")) {
            return new FolderStore(Path.of(uri(address, AddressFault.NO_FILE_URL)));
        }
        if (address.startsWith("/") || address.startsWith("./") || address.startsWith("../")) {
            return new FolderStore(Path.of(address));
        }
        throw none(address);
    }

    private static URI uri(String address, AddressFault fault) {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new AddressException(new Failure.BadAddress(quoted(address), fault), e);
        }
    }

    private static String quoted(String address) {
        return "\"" + address + "\"";
    }

    /** Why an address is none, by what it begins like. */
    private static AddressException none(String address) {
        AddressFault fault = address.startsWith("s3://arn:")
                ? AddressFault.ARN
                : address.startsWith("s3://") || address.startsWith("gs://")
                        ? AddressFault.NO_BUCKET
                        : address.startsWith("hf://")
                                ? AddressFault.NO_MODEL
                                : address.contains(":") ? AddressFault.NO_STORE : AddressFault.NO_FOLDER;
        return new AddressException(new Failure.BadAddress(quoted(address), fault,
                fault == AddressFault.NO_BUCKET ? address.substring(0, 2) : ""), null);
    }

    /** Whether {@link #open} knows the kind of store that the address names. */
    public static boolean isAddress(String address) {
        return BUCKET.matcher(address).matches() || HUB.matcher(address).matches()
                || address.matches("https?://[^/?#\\s]+(/\\S*)?") || address.matches("(file://)?/.*|\\.\\.?/.*");
    }

    /** The repository that an address of the hub names; empty for any other address. */
    public static Optional<HubRepository> hubRepository(String address) {
        Matcher hub = HUB.matcher(address);
        return hub.matches()
                ? Optional.of(new HubRepository(hub.group(1), hub.group(2) == null ? HUB_REVISION : hub.group(2)))
                : Optional.empty();
    }

    /**
     * A repository of Hugging Face's hub.
     *
     * @param name organisation and model
     * @param revision a branch, a tag or a commit
     */
    public record HubRepository(String name, String revision) {}

    private Store s3(String bucket, String prefix, StoreSettings settings) throws CredentialException {
        environment.awsAuthorities();
        S3Settings s3 = S3Settings.from(environment);
        if (settings.addressing() != S3Settings.Addressing.AUTOMATIC) {
            s3 = s3.withAddressing(settings.addressing());
        }
        if (settings.endpoint().isPresent()) {
            s3 = s3.withEndpoint(settings.endpoint().get());
        }
        if (!settings.region().isEmpty()) {
            s3 = s3.withRegion(settings.region());
        }
        if (settings.requesterPays()) {
            s3 = s3.withRequesterPays();
        }
        return new S3Store(bucket, prefix, settings.anonymous() ? s3.unsigned() : s3,
                AwsChain.of(environment, network.control()), network);
    }

    private Store gcs(String bucket, String prefix, StoreSettings settings) {
        GcsSettings gcs = GcsSettings.from(environment);
        gcs = new GcsSettings(settings.endpoint().orElse(gcs.endpoint()),
                settings.userProject().isEmpty() ? gcs.userProject() : settings.userProject(), gcs.anonymous());
        return new GcsStore(bucket, prefix, settings.anonymous() ? gcs.withoutToken() : gcs,
                GoogleChain.of(environment, network.control()), network);
    }

    private Store hub(String repository, String revision, StoreSettings settings) throws CredentialException {
        HubSettings hub = settings.anonymous()
                ? HubSettings.from(environment).withoutToken()
                : HubSettings.from(environment);
        return new HubStore(repository, revision, settings.endpoint().map(hub::withEndpoint).orElse(hub), network);
    }
}
