// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.web;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.Refusal;
import dev.lastcall.warmup.failure.Silence;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.Origin;
import dev.lastcall.warmup.http.PercentEncoding;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.network.ControlCalls;
import dev.lastcall.warmup.network.Network;
import dev.lastcall.warmup.store.FileNames;
import dev.lastcall.warmup.store.Listing;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.Store;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.store.Validator;
import dev.lastcall.warmup.store.VersionTag;
import dev.lastcall.warmup.store.http.HttpAnswers;
import dev.lastcall.warmup.store.http.HttpDialect;
import dev.lastcall.warmup.store.http.HttpFollower;
import dev.lastcall.warmup.store.http.HttpLookup;
import dev.lastcall.warmup.store.http.HttpRangeReader;
import dev.lastcall.warmup.store.http.RangeRequest;
import dev.lastcall.warmup.store.http.ResolvedAddresses;
import dev.lastcall.warmup.store.listing.OfferedSums;
import dev.lastcall.warmup.store.listing.ParallelLookups;
import dev.lastcall.warmup.store.listing.Sha256Sums;
import dev.lastcall.warmup.verify.Digest;
import org.jspecify.annotations.Nullable;

/**
 * A plain web server. An address that ends in {@code /} is a folder, whose files are named by its {@code SHA256SUMS} or by
 * the configuration, as HTTP knows no listing; any other address is one file. Where an address redirects to another one,
 * ranges are read from there until it refuses them; then the first address is asked again.
 */
public final class WebStore implements Store {

    /** Refusals that an address behind the origin gives when its signature ended. */
    private static final Set<Integer> ADDRESS_REFUSED = Set.of(301, 302, 303, 307, 308, 400, 401, 403,
            404, 410);

    /** So often a look may fail to confirm a change before the servers of the site are taken to differ. */
    private static final int MAX_UNCONFIRMED = 2;

    private final URI base;
    private final List<String> names;
    private final Network network;
    private final HttpFollower follower;
    private final HttpLookup look;
    private final ResolvedAddresses addresses;
    private final Map<String, Doubts> doubts = new ConcurrentHashMap<>();

    /**
     * Asks nothing yet.
     *
     * @param base the folder or the file
     * @param names files below the folder, relative; empty to take them from {@code SHA256SUMS}
     * @param credentials headers such as {@code Authorization}, sent to the address's own origin only
     */
    public WebStore(URI base, List<String> names, Map<String, String> credentials, Network network) {
        this.base = base;
        this.names = List.copyOf(names);
        this.network = network;
        this.follower = new HttpFollower(network.control(), Origin.of(base), credentials);
        this.look = new HttpLookup(network, follower);
        this.addresses = new ResolvedAddresses(this::resolve);
    }

    @Override
    public String source() {
        return Origin.of(base) + base.getRawPath();
    }

    @Override
    public String identity() {
        return base + " " + names;
    }

    private boolean isFolder() {
        return base.getRawPath().endsWith("/");
    }

    @Override
    public Listing list(Selection selection) throws StoreException, InterruptedException {
        return isFolder() ? folder(selection) : oneFile(selection);
    }

    private Listing oneFile(Selection selection) throws StoreException, InterruptedException {
        String last = decode(base.getRawPath().substring(base.getRawPath().lastIndexOf('/') + 1));
        HttpLookup.Seen seen = ControlCalls.repeat(() -> look.at(base, last, Optional.empty()));
        String name = seen.name().orElse(last);
        FileNames.sort(family(), source(), List.of(name));
        if (!selection.wants(name)) {
            return new Listing(source(), "", List.of());
        }
        OfferedSums sums = WebSums.offered(follower, base.resolve(Sha256Sums.NAME));
        Optional<Digest> sum = sums.of(name).or(() -> sums.of(last));
        Listing listing = new Listing(source(), "", List.of(doubted(known(seen, named(seen.file(), name, sum)))));
        return listing.withNotes(sums.note().stream().toList());
    }

    private static RemoteFile named(RemoteFile file, String name, Optional<Digest> sum) {
        boolean isRanged = file.ranged();
        return new RemoteFile(name, file.sizeBytes(), file.validator(), sum.map(List::of).orElse(file.digests()),
                isRanged, file.location());
    }

    private Listing folder(Selection selection) throws StoreException, InterruptedException {
        URI list = address(Sha256Sums.NAME);
        OfferedSums sums = names.isEmpty() ? requiredSums(list) : WebSums.offered(follower, list);
        List<String> all = names.isEmpty() ? List.copyOf(sums.byName().keySet()) : names;
        FileNames.Sorted sorted = FileNames.sort(family(), source(), all.stream().filter(selection::wants).toList());
        List<RemoteFile> files = ParallelLookups.all(List.copyOf(sorted.usable()), ParallelLookups.FEW,
                name -> seen(name, sums));
        return new Listing(source(), "", files, sorted.leftOut()).withNotes(sums.note().stream().toList());
    }

    private OfferedSums requiredSums(URI list) throws StoreException, InterruptedException {
        try {
            return WebSums.required(follower, list);
        } catch (StoreException e) {
            if (e.problem() != StoreProblem.MISSING) {
                throw e;
            }
            throw new StoreException(new Failure.BadAnswer(StoreFamily.WEB, source(), AnswerFault.NO_SUMS), e);
        }
    }

    private RemoteFile seen(String name, OfferedSums sums) throws StoreException, InterruptedException {
        URI address = isFolder() ? address(name) : base;
        HttpLookup.Seen seen = ControlCalls.repeat(() -> look.at(address, name, sums.of(name)));
        return doubted(known(seen, seen.file()));
    }

    private Doubts doubts(RemoteFile file) {
        return doubts.computeIfAbsent(file.location(), location -> new Doubts());
    }

    /** Where the servers of a site name one version differently, one answer is all that holds together. */
    private RemoteFile doubted(RemoteFile file) {
        return file.bestDigest().isEmpty() && doubts(file).serversDiffer(file.validator())
                ? new RemoteFile(file.path(), file.sizeBytes(), new Validator.None(), List.of(), false, file.location())
                : file;
    }

    private RemoteFile known(HttpLookup.Seen seen, RemoteFile file) {
        addresses.know(file.location(), addressOf(seen.address()));
        return file;
    }

    /** A file of the folder; what follows the folder's path, such as a signature, is for each of its files. */
    private URI address(String name) {
        URI file = base.resolve(PercentEncoding.path(name));
        return base.getRawQuery() == null ? file : URI.create(file + "?" + base.getRawQuery());
    }

    private ResolvedAddresses.Address addressOf(URI uri) {
        return new ResolvedAddresses.Address(uri, follower.isElsewhere(uri));
    }

    /** Asks the origin again where the file lies; before there is a reason to, it lies where it was listed. */
    private ResolvedAddresses.Address resolve(RemoteFile file) throws StoreException, InterruptedException {
        URI address = URI.create(file.location());
        if (!addresses.wasRefused(file)) {
            return addressOf(address);
        }
        HttpFollower.End end = ControlCalls
                .repeat(() -> follower.follow("GET", address, Map.of("Range", "bytes=0-0"), 1));
        int status = end.head().status();
        if (status == 200 || status == 206 || status == 416) {
            return addressOf(end.address());
        }
        throw HttpAnswers.failure("GET " + HttpFollower.shown(address), address, end.address(), end.head(),
                addresses.hasWorked(file));
    }

    @Override
    public RemoteFile refresh(RemoteFile file) throws StoreException, InterruptedException {
        OfferedSums sums = WebSums.offered(follower,
                isFolder() ? address(Sha256Sums.NAME) : base.resolve(Sha256Sums.NAME));
        RemoteFile now = seen(file.path(), sums);
        if (now.validator().equals(file.validator())) {
            doubts(file).unconfirmed();
        }
        return now;
    }

    /** What looks at one file have found, one after the other. */
    private static final class Doubts {
        private final Set<Validator> left = new HashSet<>(); // all guarded by this
        private Validator last = new Validator.None();
        private int unconfirmed;

        /** One more look; whether the servers of the site are taken to differ by now. */
        synchronized boolean serversDiffer(Validator now) {
            boolean isBack = !now.equals(last) && left.contains(now);
            left.add(last);
            last = now;
            unconfirmed = isBack ? MAX_UNCONFIRMED : unconfirmed;
            return unconfirmed >= MAX_UNCONFIRMED;
        }

        /** A look after a change found none. */
        synchronized void unconfirmed() {
            unconfirmed++;
        }
    }

    @Override
    public StoreFamily family() {
        return StoreFamily.WEB;
    }

    @Override
    public RangeReader openReader() {
        return new HttpRangeReader(new Dialect(), network.connection());
    }

    @Override
    public void close() {}

    private static String decode(String component) {
        return URLDecoder.decode(component.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Ranged GETs pinned by the validator, for one reader; confined to its worker. */
    private final class Dialect implements HttpDialect {
        private ResolvedAddresses.@Nullable Address last;

        @Override
        public RangeRequest request(RemoteFile file, long offset, long length)
                throws StoreException, InterruptedException {
            ResolvedAddresses.Address address = addresses.of(file);
            last = address;
            Origin origin = Origin.of(address.uri());
            List<String> headers = new ArrayList<>(List.of("Accept-Encoding: identity", "User-Agent: lastcall"));
            if (file.ranged()) {
                headers.add("Range: bytes=" + offset + "-" + (offset + length - 1));
            }
            switch (file.validator()) {
                case Validator.Tag(VersionTag tag) -> headers.add("If-Match: " + tag);
                case Validator.Modified(String time) -> headers.add("If-Unmodified-Since: " + time);
                case Validator.Generation generation -> {
                }
                case Validator.Pinned pinned -> {
                }
                case Validator.None none -> {
                }
            }
            follower.credentialsFor(origin).forEach((name, value) -> headers.add(name + ": " + value));
            return new RangeRequest(origin, HttpFollower.target(address.uri()), headers);
        }

        @Override
        public StoreFamily family() {
            return StoreFamily.WEB;
        }

        @Override
        public void agreed(RemoteFile file) {
            addresses.works(file);
        }

        @Override
        public StoreException explain(RemoteFile file, RangeRequest request, ResponseHead head, String body) {
            String what = "GET " + request.origin() + request.path();
            ResolvedAddresses.Address used = last;
            try {
                if (used != null && ADDRESS_REFUSED.contains(head.status()) && addresses.refused(file, used)) {
                    return new StoreException(
                            new Failure.Refused(StoreFamily.WEB, what, Integer.toString(head.status()),
                                    Refusal.REDIRECT_ENDED));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new StoreException(new Failure.NoAnswer(what, Silence.INTERRUPTED, "", StoreProblem.UNREACHABLE),
                        e);
            }
            return HttpAnswers.failure(what, base, used == null ? base : used.uri(), head, addresses.hasWorked(file));
        }
    }
}
