// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.gcs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import dev.lastcall.warmup.credentials.AccessToken;
import dev.lastcall.warmup.credentials.Refreshed;
import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.failure.Said;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.PercentEncoding;
import dev.lastcall.warmup.network.ControlCalls;
import dev.lastcall.warmup.network.ControlClient;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.FileNames;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.gcs.GcsPage.GcsObject;
import dev.lastcall.warmup.store.http.HttpRangeReader;
import dev.lastcall.warmup.store.listing.BucketListing;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * A prefix of a bucket of Google Cloud Storage, or one object of it. The listing has size, generation and CRC32C of each
 * object; ranges are read from exactly that generation. Objects that are stored compressed are refused, as ranges of them
 * mean something else.
 */
public final class GcsStore implements Store {

    /** A thousand names of 1024 bytes, escaped, with all that is asked for of each. */
    private static final int MAX_PAGE_BYTES = 8 * 1024 * 1024;

    private static final int MAX_OBJECT_BYTES = 64 * 1024;
    private static final int MAX_PAGES = 1000;

    private final String bucket;
    private final String prefix;
    private final String endpoint;
    private final Network network;
    private final GcsRequests requests;

    /**
     * Asks nothing yet.
     *
     * @param prefix the folder of the model or the name of one object; without a leading slash
     * @param tokens null to go without
     */
    public GcsStore(String bucket, String prefix, GcsSettings settings, @Nullable Refreshed<AccessToken> tokens,
            Network network) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.endpoint = settings.endpoint().toString();
        this.network = network;
        this.requests = new GcsRequests(bucket, settings, tokens, network.control());
    }

    @Override
    public String source() {
        return "gs://" + bucket + "/" + prefix;
    }

    @Override
    public String identity() {
        return source() + " at " + endpoint;
    }

    private String folder() {
        return prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    }

    @Override
    public Listing list(Selection selection) throws StoreException, InterruptedException {
        List<GcsObject> objects;
        try {
            objects = objects();
        } catch (StoreException e) {
            if (e.problem() != StoreProblem.REFUSED || !canBeObject()) {
                throw e;
            }
            // Who may read one object need not be allowed to list the bucket.
            return oneObject(Optional.of(e));
        }
        if (objects.isEmpty() && canBeObject()) {
            return oneObject(Optional.empty());
        }
        Map<String, GcsObject> wanted = BucketListing.wanted(objects, GcsObject::name, GcsObject::sizeBytes, folder(),
                selection);
        FileNames.Sorted names = FileNames.sort(family(), source(), wanted.keySet());
        List<RemoteFile> files = new ArrayList<>();
        for (String path : names.usable()) {
            files.add(file(Objects.requireNonNull(wanted.get(path)), path));
        }
        if (files.isEmpty()) {
            throw new StoreException(new Failure.BadModel(StoreFamily.GCS, source(),
                    objects.isEmpty() ? ModelFault.NOTHING_THERE : ModelFault.NOTHING_LEFT));
        }
        return new Listing(source(), "", files, names.leftOut());
    }

    private boolean canBeObject() {
        return !prefix.isEmpty() && !prefix.endsWith("/");
    }

    /** @param unlisted why the bucket could not be listed; that is the reason where the object is not there either */
    private Listing oneObject(Optional<StoreException> unlisted) throws StoreException, InterruptedException {
        String name = prefix.substring(prefix.lastIndexOf('/') + 1);
        FileNames.sort(family(), source(), List.of(name));
        try {
            return new Listing(source(), "", List.of(ControlCalls.repeat(() -> look(prefix, name))));
        } catch (StoreException e) {
            boolean isNotThere = e.problem() == StoreProblem.MISSING || e.problem() == StoreProblem.REFUSED;
            throw isNotThere && unlisted.isPresent() ? unlisted.get() : e;
        }
    }

    private List<GcsObject> objects() throws StoreException, InterruptedException {
        List<GcsObject> objects = new ArrayList<>();
        Set<String> tokens = new HashSet<>();
        String token = "";
        for (int pages = 0; pages < MAX_PAGES && objects.size() <= Listing.MAX_FILES; pages++) {
            String from = token;
            GcsPage page = ControlCalls.repeat(() -> page(from));
            for (GcsObject object : page.objects()) {
                if (!object.name().startsWith(folder())) {
                    throw bad(source(), AnswerFault.KEYS_OUTSIDE, "", null);
                }
                if (!object.isFolderMarker()) {
                    objects.add(object);
                }
            }
            token = page.nextToken();
            if (token.isEmpty()) {
                return objects;
            }
            if (!tokens.add(token)) {
                throw bad(source(), AnswerFault.PAGE_REPEATED, "", null);
            }
        }
        throw new StoreException(new Failure.BadModel(StoreFamily.GCS, source(), ModelFault.TOO_MANY,
                Listing.MAX_FILES + " objects"));
    }

    private GcsPage page(String token) throws StoreException, InterruptedException {
        Map<String, String> parameters = new HashMap<>(
                Map.of("prefix", folder(), "maxResults", "1000", "fields",
                        "nextPageToken,items(" + GcsPage.FIELDS + ")"));
        if (!token.isEmpty()) {
            parameters.put("pageToken", token);
        }
        ControlClient.Response response = requests.get("list " + source(), requests.target("/o", parameters),
                MAX_PAGE_BYTES);
        try {
            return GcsPage.parse(response.text());
        } catch (IllegalArgumentException e) {
            throw bad(source(), AnswerFault.NO_LISTING, Said.plain(e.getMessage()), e);
        }
    }

    private RemoteFile look(String name, String path) throws StoreException, InterruptedException {
        String target = requests.target("/o/" + PercentEncoding.component(name), Map.of("fields", GcsPage.FIELDS));
        ControlClient.Response response = requests.get("look at gs://" + bucket + "/" + name, target, MAX_OBJECT_BYTES);
        try {
            return file(GcsPage.object(GcsAnswers.JSON.readTree(response.text())), path);
        } catch (IllegalArgumentException | JacksonException e) {
            throw bad("gs://" + bucket + "/" + name, AnswerFault.NOT_THE_INTERFACE, "", e);
        }
    }

    private RemoteFile file(GcsObject object, String path) throws StoreException {
        if (object.isCompressed()) {
            throw bad("gs://" + bucket + "/" + object.name(), AnswerFault.STORED_ENCODED, "", null);
        }
        return new RemoteFile(path, object.sizeBytes(), new Validator.Generation(object.generation()), object.digests(),
                true,
                object.name());
    }

    @Override
    public RemoteFile refresh(RemoteFile file) throws StoreException, InterruptedException {
        return ControlCalls.repeat(() -> look(file.location(), file.path()));
    }

    private static StoreException bad(String where, AnswerFault fault, String detail, @Nullable Throwable cause) {
        return new StoreException(new Failure.BadAnswer(StoreFamily.GCS, where, fault, detail), cause);
    }

    @Override
    public StoreFamily family() {
        return StoreFamily.GCS;
    }

    @Override
    public RangeReader openReader() {
        return new HttpRangeReader(new GcsDialect(requests), network.connection());
    }

    @Override
    public void close() {}
}
