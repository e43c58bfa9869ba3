// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.wire.ContentRange;
import dev.lastcall.warmup.wire.Origin;
import dev.lastcall.warmup.wire.ResponseHead;

/**
 * A plain web server. An address that ends in {@code /} is a folder, whose files are named by its {@code SHA256SUMS} or by
 * the configuration, as HTTP knows no listing; any other address is one file. Each file is probed by a GET of its first
 * byte, since some servers refuse HEAD: that tells its size, its validator, and whether ranges work.
 */
public final class HttpStore implements Store {

    private static final int MAX_REDIRECTS = 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final URI base;
    private final List<String> names;
    private final Map<String, String> credentials;
    private final Network network;

    /**
     * Asks nothing yet.
     *
     * @param base the folder or the file
     * @param names files below the folder, relative; empty to take them from {@code SHA256SUMS}
     * @param credentials headers such as {@code Authorization}, sent to the address's own origin only
     */
    public HttpStore(URI base, List<String> names, Map<String, String> credentials, Network network) {
        this.base = base;
        this.names = List.copyOf(names);
        this.credentials = Map.copyOf(credentials);
        this.network = network;
        Origin.of(base);
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
        Map<String, Digest> sums = sums();
        List<String> wanted = new ArrayList<>(names);
        if (!isFolder()) {
            String path = base.getRawPath();
            wanted = List.of(decode(path.substring(path.lastIndexOf('/') + 1)));
        } else if (wanted.isEmpty()) {
            if (sums.isEmpty()) {
                throw new StoreException(StoreProblem.UNSUPPORTED,
                        source() + ": a web server does not list its files, and there"
                                + " is no " + Sha256Sums.NAME
                                + "; name the files in the configuration or put one there");
            }
            wanted.addAll(sums.keySet());
        }
        wanted = wanted.stream().filter(selection::wants).toList();
        FileNames.check(source(), wanted);
        return new Listing(source(), "", ParallelLooks.all(wanted, name -> look(name, sums)));
    }

    private RemoteFile look(String name, Map<String, Digest> sums) throws StoreException, InterruptedException {
        URI address = isFolder() ? base.resolve(encode(name)) : base;
        Digest sum = sums.get(name);
        return ControlCalls.repeat(() -> probe(name, address, sum == null ? List.of() : List.of(sum)));
    }

    private Map<String, Digest> sums() throws StoreException, InterruptedException {
        URI address = base.resolve(Sha256Sums.NAME);
        try {
            return ControlCalls.repeat(() -> {
                Hop hop = follow(address, Map.of(), Sha256Sums.MAX_BYTES);
                if (hop.response.status() != 200 || hop.response.truncated()) {
                    throw HttpAnswers.failure("GET " + address, hop.response.head());
                }
                return Sha256Sums.parse(address.toString(), hop.response.text());
            });
        } catch (StoreException e) {
            // Digests are a gift: where none are, the policy on files without digest decides.
            if (e.problem() == StoreProblem.MISSING
                    || (e.problem() == StoreProblem.REFUSED && (!isFolder() || !names.isEmpty()))) {
                return Map.of();
            }
            throw e;
        }
    }

    private record Hop(URI address, ControlClient.Response response) {}

    private Hop follow(URI from, Map<String, String> headers, int maxBodyBytes)
            throws StoreException, InterruptedException {
        URI address = from;
        for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
            Origin origin = Origin.of(address);
            Map<String, String> all = new HashMap<>(headers);
            all.put("Accept-Encoding", "identity");
            all.putAll(credentialsFor(origin));
            ControlClient.Response response = network.control()
                    .send(ControlClient.Call.get(origin, target(address), all, maxBodyBytes));
            if (!REDIRECTS.contains(response.status())) {
                return new Hop(address, response);
            }
            address = redirected(address, response.head());
        }
        throw new StoreException(StoreProblem.UNSUPPORTED, from + ": more than " + MAX_REDIRECTS + " redirects");
    }

    private static URI redirected(URI address, ResponseHead head) throws StoreException {
        String location = head.field("location").orElse("");
        try {
            URI next = address.resolve(location);
            if (Origin.of(address).tls() && !Origin.of(next).tls()) {
                throw new StoreException(StoreProblem.REFUSED, address + ": refused a redirect from https to http");
            }
            return next;
        } catch (IllegalArgumentException e) {
            throw new StoreException(StoreProblem.MALFORMED, address + ": a redirect to nowhere", e);
        }
    }

    private Map<String, String> credentialsFor(Origin origin) {
        return origin.equals(Origin.of(base)) ? credentials : Map.of();
    }

    private RemoteFile probe(String name, URI address, List<Digest> sums) throws StoreException, InterruptedException {
        Hop hop = follow(address, Map.of("Range", "bytes=0-0", "Want-Repr-Digest", "sha-256=10"), 1);
        ResponseHead head = hop.response.head();
        String what = "GET " + address;
        if (!ContentCoding.isPlain(head)) {
            throw new StoreException(StoreProblem.UNSUPPORTED,
                    what + ": the server compresses the file; turn Content-Encoding off for it");
        }
        List<Digest> digests = sums.isEmpty() ? HttpAnswers.digests(head) : sums;
        Validator validator = HttpAnswers.validator(head);
        String location = hop.address.toString();
        return switch (head.status()) {
            case 206 -> {
                // Ranges of what nothing pins could come from two versions: then only one stream will do.
                boolean ranged = validator.isStrong() || !digests.isEmpty();
                yield new RemoteFile(name, totalSize(what, head), validator, digests, ranged, location);
            }
            case 200 -> new RemoteFile(name, contentLength(what, head), validator, digests, false, location);
            case 416 -> {
                if (!head.field("content-range").orElse("").endsWith("*/0")) {
                    throw new StoreException(StoreProblem.MALFORMED,
                            what + ": 416 for the first byte of a file that is not empty");
                }
                yield new RemoteFile(name, 0, validator, digests, false, location);
            }
            default -> throw HttpAnswers.failure(what, head);
        };
    }

    private static long totalSize(String what, ResponseHead head) throws StoreException {
        return head.field("content-range")
                .flatMap(ContentRange::parse)
                .filter(range -> range.first() == 0 && range.last() == 0 && range.total() >= 0)
                .orElseThrow(
                        () -> new StoreException(StoreProblem.MALFORMED, what + ": 206 without a usable Content-Range"))
                .total();
    }

    private static long contentLength(String what, ResponseHead head) throws StoreException {
        return head.field("content-length")
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElseThrow(() -> new StoreException(StoreProblem.UNSUPPORTED, what
                        + ": the server says neither the size of the file nor serves ranges; it cannot be proved whole"));
    }

    @Override
    public RemoteFile refresh(RemoteFile file) throws StoreException, InterruptedException {
        return look(file.path(), sums());
    }

    @Override
    public RangeReader openReader() {
        return new HttpRangeReader(new Dialect(), network.connection());
    }

    @Override
    public void close() {}

    private static String target(URI address) {
        String path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
        return address.getRawQuery() == null ? path : path + "?" + address.getRawQuery();
    }

    private static String encode(String name) {
        return PercentEncoding.path(name);
    }

    private static String decode(String component) {
        return URLDecoder.decode(component.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** Ranged GETs pinned by the validator. */
    private final class Dialect implements HttpDialect {
        @Override
        public RangeRequest request(RemoteFile file, long offset, long length) {
            URI address = URI.create(file.location());
            Origin origin = Origin.of(address);
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
            credentialsFor(origin).forEach((name, value) -> headers.add(name + ": " + value));
            return new RangeRequest(origin, target(address), headers);
        }

        @Override
        public StoreException explain(RemoteFile file, RangeRequest request, ResponseHead head, String body) {
            return HttpAnswers.failure("GET " + request.origin() + request.path(), head);
        }
    }
}
