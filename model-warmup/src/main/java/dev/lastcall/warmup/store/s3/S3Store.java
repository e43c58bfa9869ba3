// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.s3;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import javax.xml.stream.XMLStreamException;

import dev.lastcall.warmup.credentials.AwsCredentials;
import dev.lastcall.warmup.credentials.Refreshed;
import dev.lastcall.warmup.credentials.SigV4Signer.Parameter;
import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.ModelFault;
import dev.lastcall.warmup.failure.Said;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
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
import dev.lastcall.warmup.store.http.HttpRangeReader;
import dev.lastcall.warmup.store.listing.BucketListing;
import dev.lastcall.warmup.store.listing.ParallelLookups;
import dev.lastcall.warmup.store.s3.ListingPage.ListedObject;
import dev.lastcall.warmup.text.Amount;
import org.jspecify.annotations.Nullable;

/**
 * A prefix of an S3 bucket, or one object of it, at AWS or at any store that speaks S3. Each object is listed, looked at
 * once for its size, entity tag and digests, and read in ranges that its entity tag pins.
 */
public final class S3Store implements Store {

    /** A thousand keys of 1024 bytes, percent-encoded, with all that is around them. */
    private static final int MAX_PAGE_BYTES = 8 * 1024 * 1024;

    /** Far beyond any model; a prefix with more objects is a wrong address. */
    private static final int MAX_PAGES = 1000;

    /** What comes before the first page. */
    private static final ListingPage FIRST = new ListingPage(List.of(), "", "");

    private final String bucket;
    private final String prefix;
    private final String endpoint;
    private final Network network;
    private final S3Requests requests;
    private final ObjectLookup look;

    /**
     * Asks nothing yet.
     *
     * @param prefix the folder of the model or the key of one object; without a leading slash
     * @param credentials null to go unsigned
     */
    public S3Store(String bucket, String prefix, S3Settings settings, @Nullable Refreshed<AwsCredentials> credentials,
            Network network) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.endpoint = settings.endpoint() == null ? "aws" : settings.endpoint().toString();
        this.network = network;
        this.requests = new S3Requests(bucket, settings, credentials, network.control(), InstantSource.system());
        this.look = new ObjectLookup(requests);
    }

    @Override
    public String source() {
        return "s3://" + bucket + "/" + prefix;
    }

    @Override
    public String identity() {
        return source() + " at " + endpoint;
    }

    /** What all keys of the model begin with: {@code models/foo} must not find {@code models/foobar}. */
    private String folder() {
        return prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    }

    @Override
    public Listing list(Selection selection) throws StoreException, InterruptedException {
        List<ListedObject> objects;
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
        Map<String, ListedObject> wanted = BucketListing.wanted(objects, ListedObject::key, ListedObject::sizeBytes,
                folder(), selection);
        FileNames.Sorted names = FileNames.sort(family(), source(), wanted.keySet());
        if (names.usable().isEmpty()) {
            throw new StoreException(new Failure.BadModel(StoreFamily.S3, source(),
                    objects.isEmpty() ? ModelFault.NOTHING_THERE : ModelFault.NOTHING_LEFT));
        }
        return new Listing(source(), "",
                ParallelLookups.all(List.copyOf(names.usable()), ParallelLookups.MANY,
                        path -> look(path, Objects.requireNonNull(wanted.get(path)))))
                .withNotes(
                        names.leftOut());
    }

    private boolean canBeObject() {
        return !prefix.isEmpty() && !prefix.endsWith("/");
    }

    /** @param unlisted why the bucket could not be listed; that is the reason where the object is not there either */
    private Listing oneObject(Optional<StoreException> unlisted) throws StoreException, InterruptedException {
        String name = prefix.substring(prefix.lastIndexOf('/') + 1);
        FileNames.sort(family(), source(), List.of(name));
        try {
            return new Listing(source(), "", List.of(ControlCalls.repeat(() -> look.at(prefix, name))));
        } catch (StoreException e) {
            boolean isNotThere = e.problem() == StoreProblem.MISSING || e.problem() == StoreProblem.REFUSED;
            throw isNotThere && unlisted.isPresent() ? unlisted.get() : e;
        }
    }

    private RemoteFile look(String path, ListedObject object) throws StoreException, InterruptedException {
        try {
            return ControlCalls.repeat(() -> look.at(object.key(), path));
        } catch (StoreException e) {
            String other = object.keyWithPlus();
            if (e.problem() != StoreProblem.MISSING || other.equals(object.key())) {
                throw e;
            }
            return ControlCalls.repeat(() -> look.at(other, other.substring(folder().length())));
        }
    }

    private List<ListedObject> objects() throws StoreException, InterruptedException {
        List<ListedObject> objects = new ArrayList<>();
        Set<String> tokens = new HashSet<>();
        ListingPage next = FIRST;
        for (int pages = 0; pages < MAX_PAGES; pages++) {
            ListingPage from = next;
            ListingPage page = ControlCalls.repeat(() -> page(from));
            for (ListedObject object : page.objects()) {
                if (!object.key().startsWith(folder()) && !object.keyWithPlus().startsWith(folder())) {
                    throw bad(AnswerFault.KEYS_OUTSIDE, "", null);
                }
                if (!object.isFolderMarker()) {
                    objects.add(object);
                }
            }
            next = page;
            if (page.isLast()) {
                return objects;
            }
            if (!tokens.add(page.nextToken() + page.nextMarker())) {
                throw bad(AnswerFault.PAGE_REPEATED, "", null);
            }
            if (objects.size() > Listing.MAX_FILES) {
                break;
            }
        }
        throw new StoreException(new Failure.BadModel(StoreFamily.S3, source(), ModelFault.TOO_MANY,
                Listing.MAX_FILES + " objects"));
    }

    /** The page behind {@code from}. */
    private ListingPage page(ListingPage from) throws StoreException, InterruptedException {
        List<Parameter> parameters = new ArrayList<>(List.of(new Parameter("list-type", "2"),
                new Parameter("max-keys", "1000"), new Parameter("encoding-type", "url"),
                new Parameter("prefix", folder())));
        if (!from.nextToken().isEmpty()) {
            parameters.add(new Parameter("continuation-token", from.nextToken()));
        }
        if (!from.nextMarker().isEmpty()) {
            parameters.add(new Parameter("marker", from.nextMarker()));
        }
        ControlClient.Response response = requests.call("GET", "", parameters, Map.of(), MAX_PAGE_BYTES);
        if (response.truncated()) {
            throw bad(AnswerFault.TOO_LARGE, Amount.of(MAX_PAGE_BYTES), null);
        }
        try {
            return ListingPage.parse(response.text());
        } catch (XMLStreamException e) {
            throw bad(AnswerFault.NO_LISTING, Said.plain(e.getMessage()), e);
        }
    }

    @Override
    public RemoteFile refresh(RemoteFile file) throws StoreException, InterruptedException {
        return ControlCalls.repeat(() -> look.at(file.location(), file.path()));
    }

    private StoreException bad(AnswerFault fault, String detail, @Nullable Throwable cause) {
        return new StoreException(new Failure.BadAnswer(StoreFamily.S3, source(), fault, detail), cause);
    }

    @Override
    public StoreFamily family() {
        return StoreFamily.S3;
    }

    @Override
    public RangeReader openReader() {
        return new HttpRangeReader(new S3Dialect(requests), network.connection());
    }

    @Override
    public void close() {}
}
