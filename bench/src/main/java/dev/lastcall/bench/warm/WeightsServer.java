// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.lastcall.bench.FreePort;
import dev.lastcall.bench.MeasuredProcess;
import dev.lastcall.warmup.verify.Digest;
import dev.lastcall.warmup.verify.DigestKind;

/**
 * nginx with the weights as static files, plain and by TLS, in the shapes that the clients want: a listing and checksums as
 * S3 words them (for HEAD only, as S3 does not tell the object's checksum with a range), a folder with links, and a
 * folder with {@code SHA256SUMS}. Its log counts the bytes it sends.
 */
final class WeightsServer implements AutoCloseable {

    private static final String FRAME = """
            daemon off;
            worker_processes WORKERS;
            pid DIR/pid;
            error_log DIR/error.log;
            user root;
            events { worker_connections 4096; }
            http {
              log_format sent '$bytes_sent';
              access_log DIR/sent.log sent;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000000;
              keepalive_timeout 600s;
              client_body_temp_path DIR/t1; proxy_temp_path DIR/t2; fastcgi_temp_path DIR/t3;
              uwsgi_temp_path DIR/t4; scgi_temp_path DIR/t5;
              map_hash_max_size 8192; map_hash_bucket_size 256;
              map $request_method$uri $crc64nvme { default ''; CRC64NVME }
              map $request_method$uri $crc32c { default ''; CRC32C }
              map $request_method$uri $crc_type { default ''; TYPES }
              server {
                listen 127.0.0.1:PLAIN backlog=1024;
                listen 127.0.0.1:SECURE ssl backlog=1024;
                ssl_certificate DIR/cert.pem;
                ssl_certificate_key DIR/key.pem;
                ssl_protocols TLSv1.2 TLSv1.3;
                root ROOT;
                location = /weights { root DIR; default_type application/xml; try_files /listing =404; }
                location = /weights/ { root DIR; default_type application/xml; try_files /listing =404; }
                location /weights/ {
                  alias ROOT/;
                  default_type application/octet-stream;
                  add_header x-amz-checksum-crc64nvme $crc64nvme;
                  add_header x-amz-checksum-type $crc_type;
                }
                location /crc32c/ {
                  alias ROOT/;
                  default_type application/octet-stream;
                  add_header x-amz-checksum-crc32c $crc32c;
                  add_header x-amz-checksum-type FULL_OBJECT;
                }
                location = /crc32c/ { root DIR; default_type application/xml; try_files /listing =404; }
                location = /sums/SHA256SUMS { alias DIR/SHA256SUMS; }
                location /sums/ { alias ROOT/; }
                location /folder/ { alias ROOT/; autoindex on; }
              }
            }
            """;

    private final Path folder;
    private final MeasuredProcess process;
    private final int plain;
    private final int secure;

    private WeightsServer(Path folder, MeasuredProcess process, int plain, int secure) {
        this.folder = folder;
        this.process = process;
        this.plain = plain;
        this.secure = secure;
    }

    static WeightsServer start(Weights weights) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("lastcall-bench-weights");
        certificate(folder);
        StringBuilder sums = new StringBuilder();
        weights.files()
                .forEach((name, file) -> sums
                        .append(file.digests().containsKey(DigestKind.SHA256)
                                ? file.digests().get(DigestKind.SHA256).hex()
                                : "0".repeat(64))
                        .append("  ")
                        .append(name)
                        .append('\n'));
        Files.writeString(folder.resolve("SHA256SUMS"), sums);
        // In a file: nginx takes no word of more than 4096 bytes in its configuration.
        Files.writeString(folder.resolve("listing"), listing(weights));
        int plain = FreePort.find();
        int secure = FreePort.find();
        String content = FRAME.replace("CRC64NVME }", map(weights, "/weights/", DigestKind.CRC64NVME) + "}")
                .replace("CRC32C }", map(weights, "/crc32c/", DigestKind.CRC32C) + "}")
                .replace("TYPES }", types(weights) + "}")
                .replace("WORKERS", Integer.toString(workers()))
                .replace("PLAIN", Integer.toString(plain))
                .replace("SECURE", Integer.toString(secure))
                .replace("ROOT", weights.folder().toString())
                .replace("DIR", folder.toString());
        Path file = folder.resolve("nginx.conf");
        Files.writeString(file, content);
        MeasuredProcess process = MeasuredProcess.start(folder.resolve("out"), List.of("nginx", "-c", file.toString()));
        WeightsServer server = new WeightsServer(folder, process, plain, secure);
        server.awaitReady();
        return server;
    }

    /** One where it shares two cores with the client; where there are many, it must not be what is measured. */
    private static int workers() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
    }

    private void awaitReady() throws IOException, InterruptedException {
        for (int attempt = 0; attempt < 200; attempt++) {
            try (var _ = new java.net.Socket(InetAddress.getLoopbackAddress(), plain)) {
                return;
            } catch (IOException e) {
                if (!process.isAlive()) {
                    break;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        throw new IOException("nginx does not answer: " + Files.readString(folder.resolve("out")));
    }

    private static void certificate(Path folder) throws IOException, InterruptedException {
        Process openssl = new ProcessBuilder("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder.resolve("key.pem").toString(), "-out",
                folder.resolve("cert.pem").toString()).redirectErrorStream(true)
                .redirectOutput(folder.resolve("openssl.out").toFile())
                .start();
        if (openssl.waitFor() != 0) {
            throw new IOException("openssl made no certificate: " + Files.readString(folder.resolve("openssl.out")));
        }
    }

    private static String map(Weights weights, String location, DigestKind kind) {
        StringBuilder map = new StringBuilder();
        weights.files().forEach((name, file) -> {
            Digest digest = file.digests().get(kind);
            if (digest != null) {
                String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(digest.hex()));
                map.append("\"HEAD").append(location).append(name).append("\" \"").append(base64).append("\"; ");
            }
        });
        return map.toString();
    }

    private static String types(Weights weights) {
        StringBuilder map = new StringBuilder();
        weights.files().forEach((name, file) -> {
            if (file.digests().containsKey(DigestKind.CRC64NVME)) {
                map.append("\"HEAD/weights/").append(name).append("\" FULL_OBJECT; ");
            }
        });
        return map.toString();
    }

    private static String listing(Weights weights) {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult"
                + " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>weights</Name><Prefix></Prefix>"
                + "<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><KeyCount>")
                .append(weights.files().size())
                .append("</KeyCount><MaxKeys>1000</MaxKeys>");
        for (Map.Entry<String, Weights.Source> file : weights.files().entrySet()) {
            xml.append("<Contents><Key>")
                    .append(file.getKey())
                    .append("</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;0&quot;</ETag><Size>")
                    .append(file.getValue().bytes())
                    .append("</Size><StorageClass>STANDARD</StorageClass></Contents>");
        }
        return xml.append("</ListBucketResult>").toString();
    }

    /** Scheme, host and port. */
    String origin(boolean tls) {
        return tls ? "https://127.0.0.1:" + secure : "http://127.0.0.1:" + plain;
    }

    Path certificate() {
        return folder.resolve("cert.pem");
    }

    double cpuSeconds() throws IOException {
        return process.cpuSeconds();
    }

    /** Bytes sent for requests that have ended, heads included. */
    long bytesSent() throws IOException {
        return Files.readAllLines(folder.resolve("sent.log")).stream().mapToLong(Long::parseLong).sum();
    }

    @Override
    public void close() throws IOException {
        process.close();
        BenchFolders.delete(folder);
    }
}
