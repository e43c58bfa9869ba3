// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.scripted;

import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One bucket of S3, {@code weights}, by path style on a {@link ScriptedStore}, which serves the bytes and plays the faults.
 * Checks signatures, lists in pages, lists the parts of an upload. Thread-safe; what is set is set before it is asked.
 */
public final class ScriptedS3 implements ScriptedStore.Responder {

    /** The only bucket. */
    public static final String BUCKET = "weights";

    private final ScriptedStore server;
    private final ConcurrentSkipListMap<String, Long> sizes = new ConcurrentSkipListMap<>();
    private final Map<String, String> attributes = new ConcurrentHashMap<>();
    private final Map<String, SigV4Verifier.Key> keys = new ConcurrentHashMap<>();
    private volatile SigV4Verifier verifier;
    private volatile String region = "us-east-1";
    private final AtomicInteger sessions = new AtomicInteger();
    private volatile String session = "";
    private volatile boolean isPublic;
    private volatile int pageSize = 1000;
    private volatile Duration clockOffset = Duration.ZERO;

    /** Answers on the server. */
    public ScriptedS3(ScriptedStore server) {
        this.server = server;
        this.verifier = verifier();
        server.respond(this);
    }

    private SigV4Verifier verifier() {
        return new SigV4Verifier(region, keys, this::now);
    }

    private Instant now() {
        return Instant.now().plus(clockOffset);
    }

    /** Knows this key for ever. */
    public ScriptedS3 key(String id, String secret) {
        return key(id, secret, "", Instant.MAX);
    }

    /** Knows this key with a session token until then. */
    public ScriptedS3 key(String id, String secret, String token, Instant expiration) {
        keys.put(id, new SigV4Verifier.Key(secret, token, expiration));
        return this;
    }

    /** Lets the key run out now. */
    public void expire(String id) {
        keys.computeIfPresent(id, (name, key) -> new SigV4Verifier.Key(key.secret(), key.token(), Instant.EPOCH));
    }

    /** Is in this region. */
    public ScriptedS3 region(String name) {
        region = name;
        verifier = verifier();
        return this;
    }

    /** Is readable by everybody. */
    public ScriptedS3 open() {
        isPublic = true;
        return this;
    }

    /** Lists so many keys at once. */
    public ScriptedS3 pageSize(int keysInPage) {
        pageSize = keysInPage;
        return this;
    }

    /** Has a clock that is so far ahead of the host's. */
    public ScriptedS3 clockOffset(Duration offset) {
        clockOffset = offset;
        return this;
    }

    /** Holds this object, with extra headers. */
    public ScriptedS3 put(String key, byte[] bytes, String etag, String... headers) {
        return put(key, ScriptedStore.of(bytes), etag, headers);
    }

    /** Holds this object, with extra headers. */
    public ScriptedS3 put(String key, ScriptedStore.Bytes bytes, String etag, String... headers) {
        sizes.put(key, bytes.size());
        ScriptedStore.Content content = new ScriptedStore.Content(bytes, "\"" + etag + "\"", List.of(headers), true);
        server.put(path(key), content);
        server.put(path(key).substring(BUCKET.length() + 1), content);
        return this;
    }

    /** Answers this document about the object's parts. */
    public ScriptedS3 attributes(String key, String xml) {
        attributes.put(path(key), xml);
        return this;
    }

    /** The endpoint. */
    public URI endpoint() {
        return server.address("");
    }

    private static String path(String key) {
        return "/" + BUCKET + "/" + URLEncoder.encode(key, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    @Override
    public Optional<Fault.Status> answer(ScriptedStore.Request request) {
        String target = request.target().replaceFirst("\\?.*", "");
        // By a host's name that begins with the bucket's, as by a path that does.
        String path = request.header("host").startsWith(BUCKET) ? "/" + BUCKET + target : target;
        boolean isBucket = path.equals("/" + BUCKET) || path.equals("/" + BUCKET + "/");
        if (!isBucket && !path.startsWith("/" + BUCKET + "/")) {
            return path.matches("/[a-z0-9.-]+/.*") ? Optional.of(error(404, "NoSuchBucket", "")) : Optional.empty();
        }
        String fault = isPublic && request.header("authorization").isEmpty() ? "" : verifier.fault(request);
        if (!fault.isEmpty()) {
            return Optional.of(refusal(fault));
        }
        Map<String, String> query = query(request.target());
        if (isBucket && query.containsKey("session")) {
            return Optional.of(session(request));
        }
        if (!session.isEmpty() && !request.header("x-amz-s3session-token").equals(session)) {
            return Optional.of(error(403, "AccessDenied", ""));
        }
        if (isBucket && query.containsKey("list-type")) {
            return Optional.of(page(query));
        }
        if (query.containsKey("attributes")) {
            String document = attributes.get(path);
            return Optional
                    .of(document == null ? error(403, "AccessDenied", "") : new Fault.Status(200, List.of(), document));
        }
        boolean isKnown = sizes.keySet().stream().anyMatch(key -> path(key).equals(path));
        return isKnown ? Optional.empty() : Optional.of(error(404, "NoSuchKey", ""));
    }

    /** Is a directory bucket, which admits only requests with a session of its own. */
    public ScriptedS3 express() {
        session = "none yet";
        return this;
    }

    private Fault.Status session(ScriptedStore.Request request) {
        if (!request.header("x-amz-create-session-mode").equals("ReadOnly")
                || !request.header("authorization").contains("/s3express/")) {
            return error(403, "AccessDenied", "");
        }
        int n = sessions.incrementAndGet();
        session = "session" + n;
        keys.keySet().removeIf(id -> id.startsWith("EXPRESS"));
        // The token comes in a header of its own, which is checked apart from the signature.
        key("EXPRESS" + n, "secret" + n);
        return new Fault.Status(200, List.of(),
                "<CreateSessionResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                        + "<Credentials><SessionToken>" + session + "</SessionToken><SecretAccessKey>secret" + n
                        + "</SecretAccessKey><AccessKeyId>EXPRESS" + n + "</AccessKeyId><Expiration>"
                        + now().plusSeconds(300).truncatedTo(ChronoUnit.SECONDS) + "</Expiration></Credentials>"
                        + "</CreateSessionResult>");
    }

    private Fault.Status refusal(String code) {
        return switch (code) {
            case "ExpiredToken", "AuthorizationHeaderMalformed", "InvalidToken" ->
                error(400, code, "<Region>" + region + "</Region>");
            default -> error(403, code, "");
        };
    }

    /** An error as S3 words it. */
    public Fault.Status error(int status, String code, String more) {
        List<String> headers = new ArrayList<>(List.of("Content-Type: application/xml",
                "Date: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(now().atZone(ZoneOffset.UTC))));
        if (code.equals("AuthorizationHeaderMalformed") || status == 301) {
            headers.add("x-amz-bucket-region: " + region);
        }
        return new Fault.Status(status, headers, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code
                + "</Code><Message>scripted</Message>" + more + "<RequestId>1</RequestId></Error>");
    }

    private Fault.Status page(Map<String, String> query) {
        String prefix = query.getOrDefault("prefix", "");
        String after = query.getOrDefault("continuation-token", "");
        Collection<String> candidates = after.isEmpty() ? sizes.keySet() : sizes.tailMap(after, false).keySet();
        List<String> keysOfPage = candidates.stream().filter(key -> key.startsWith(prefix)).limit(pageSize).toList();
        boolean isTruncated = keysOfPage.size() == pageSize
                && sizes.tailMap(keysOfPage.getLast(), false).keySet().stream().anyMatch(key -> key.startsWith(prefix));
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\""
                + "http://s3.amazonaws.com/doc/2006-03-01/\"><Name>" + BUCKET + "</Name><KeyCount>" + keysOfPage.size()
                + "</KeyCount><EncodingType>url</EncodingType><IsTruncated>" + isTruncated + "</IsTruncated>");
        if (isTruncated) {
            xml.append("<NextContinuationToken>")
                    .append(encode(keysOfPage.getLast()))
                    .append("</NextContinuationToken>");
        }
        for (String key : keysOfPage) {
            xml.append("<Contents><Key>")
                    .append(encode(key))
                    .append("</Key><ETag>&quot;e&quot;</ETag><Size>")
                    .append(sizes.get(key))
                    .append("</Size><StorageClass>STANDARD</StorageClass></Contents>");
        }
        return new Fault.Status(200, List.of("Content-Type: application/xml"),
                xml.append("</ListBucketResult>").toString());
    }

    private static String encode(String key) {
        return URLEncoder.encode(key, StandardCharsets.UTF_8);
    }

    private static Map<String, String> query(String target) {
        Map<String, String> query = new HashMap<>();
        int question = target.indexOf('?');
        if (question >= 0) {
            for (String pair : List.of(target.substring(question + 1).split("&", -1))) {
                String[] parts = pair.split("=", 2);
                String value = parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
                String name = URLDecoder.decode(parts[0], StandardCharsets.UTF_8);
                query.put(name,
                        name.equals("continuation-token") ? URLDecoder.decode(value, StandardCharsets.UTF_8) : value);
            }
        }
        return query;
    }
}
