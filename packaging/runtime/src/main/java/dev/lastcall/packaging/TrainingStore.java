// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.packaging;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.lastcall.testkit.SelfSigned;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;
import dev.lastcall.warmup.verify.PartSum;

/** One object in a bucket as S3 shows it, plain and by TLS, so that the trained daemon meets what it will meet. */
final class TrainingStore implements AutoCloseable {

    /** Parts enough for several connections. */
    private static final int BYTES = 128 << 20;

    private static final String OBJECT = "/weights/model.bin";
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,9})-(\\d{1,9})");

    private static final byte[] LISTING = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult"
            + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>weights</Name><Prefix></Prefix>"
            + "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><KeyCount>1</KeyCount>"
            + "<MaxKeys>1000</MaxKeys><Contents><Key>model.bin</Key>"
            + "<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;1&quot;</ETag><Size>" + BYTES
            + "</Size><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>")
            .getBytes(StandardCharsets.UTF_8);

    private final byte[] content = new byte[BYTES];
    private final String checksum;
    private final Path certificate;
    private final HttpServer plain;
    private final HttpsServer secure;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private TrainingStore(Path folder) throws IOException, GeneralSecurityException {
        new Random(1).nextBytes(content);
        PartSum sum = PartSum.forDigest(java.util.Optional.of(DigestKind.CRC64NVME));
        sum.update(java.nio.ByteBuffer.wrap(content));
        String hex = Digest.ofCrc(DigestKind.CRC64NVME, sum.value()).hex();
        checksum = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
        SelfSigned signed = SelfSigned.in(folder, "store");
        certificate = signed.certificate();
        plain = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(identity(signed)));
        for (HttpServer server : List.of(plain, secure)) {
            server.setExecutor(threads);
            server.createContext("/", this::answer);
            server.start();
        }
    }

    static TrainingStore start(Path folder) throws IOException {
        try {
            return new TrainingStore(folder);
        } catch (GeneralSecurityException e) {
            throw new IOException("the training run's store has no certificate: " + e.getMessage(), e);
        }
    }

    private static SSLContext identity(SelfSigned signed) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(signed.keyStore().toFile(), signed.password().toCharArray());
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, signed.password().toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getResponseHeaders();
            headers.set("ETag", "\"1\"");
            String path = exchange.getRequestURI().getPath();
            Matcher range = RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
            if (exchange.getRequestMethod().equals("HEAD")) {
                headers.set("x-amz-checksum-crc64nvme", checksum);
                headers.set("x-amz-checksum-type", "FULL_OBJECT");
                headers.set("Content-Length", Integer.toString(BYTES));
                headers.set("Accept-Ranges", "bytes");
                exchange.sendResponseHeaders(200, -1);
            } else if (path.endsWith("SHA256SUMS")) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!path.equals(OBJECT)) {
                headers.set("Content-Type", "application/xml");
                send(exchange, 200, LISTING, 0, LISTING.length);
            } else if (range.matches()) {
                int first = Integer.parseInt(range.group(1));
                int last = Math.min(Integer.parseInt(range.group(2)), BYTES - 1);
                headers.set("Content-Range", "bytes " + first + "-" + last + "/" + BYTES);
                send(exchange, 206, content, first, last + 1 - first);
            } else {
                send(exchange, 200, content, 0, BYTES);
            }
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] from, int offset, int length)
            throws IOException {
        exchange.sendResponseHeaders(status, length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(from, offset, length);
        }
    }

    /** Where the bucket is. */
    URI endpoint() {
        return URI.create("http://127.0.0.1:" + plain.getAddress().getPort());
    }

    /** The object by TLS. */
    URI secureObject() {
        return URI.create("https://127.0.0.1:" + secure.getAddress().getPort() + OBJECT);
    }

    /** What a process needs in its environment to be let in and to believe the certificate. */
    Map<String, String> environment() {
        return Map.of("AWS_ACCESS_KEY_ID", "training", "AWS_SECRET_ACCESS_KEY", "training", "AWS_REGION", "us-east-1",
                "SSL_CERT_FILE", certificate.toString());
    }

    @Override
    public void close() {
        plain.stop(0);
        secure.stop(0);
        threads.shutdown();
    }
}
