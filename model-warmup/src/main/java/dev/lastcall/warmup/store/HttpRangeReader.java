// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import javax.net.ssl.SSLException;

import dev.lastcall.warmup.wire.ContentRange;
import dev.lastcall.warmup.wire.ProxyException;
import dev.lastcall.warmup.wire.RangeConnection;
import dev.lastcall.warmup.wire.ResponseHead;
import dev.lastcall.warmup.wire.WireException;

/** Ranged GETs over one connection. No byte of a response is handed on before its head agrees with the request exactly. */
public final class HttpRangeReader implements RangeReader {

    /** Errors in XML or JSON are some hundred bytes. */
    private static final int MAX_ERROR_BYTES = 16 * 1024;

    private final HttpDialect dialect;
    private final RangeConnection connection;
    private String reading = "";

    public HttpRangeReader(HttpDialect dialect, RangeConnection connection) {
        this.dialect = dialect;
        this.connection = connection;
    }

    @Override
    public void open(RemoteFile file, long offset, long length) throws StoreException, InterruptedException {
        RangeRequest request = dialect.request(file, offset, length);
        reading = "GET " + request.origin() + request.path() + " bytes " + offset + "-" + (offset + length - 1);
        try {
            ResponseHead head = connection.get(request.origin(), request.target(), request.headers());
            if (head.status() != 200 && head.status() != 206) {
                String body = new String(connection.readSmallBody(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
                connection.finish();
                throw dialect.explain(file, request, head, body);
            }
            check(file, offset, length, head);
        } catch (IOException e) {
            throw translate(e);
        } catch (StoreException e) {
            connection.finish();
            throw e;
        }
    }

    private void check(RemoteFile file, long offset, long length, ResponseHead head) throws StoreException {
        String encoding = head.field("content-encoding").orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw new StoreException(StoreProblem.UNSUPPORTED, reading + ": the body is encoded as " + encoding
                    + " although that was not asked for; store the object without Content-Encoding");
        }
        if (file.validator() instanceof Validator.Tag(String etag)
                && head.field("etag").filter(other -> !other.equals(etag)).isPresent()) {
            throw new StoreException(StoreProblem.CHANGED,
                    reading + ": the object changed, its ETag was " + etag + " and is "
                            + head.field("etag").orElse("gone"));
        }
        Optional<Long> body = connection.bodyLeft();
        if (head.status() == 200) {
            boolean whole = offset == 0 && length == file.sizeBytes();
            if (!whole) {
                throw new StoreException(dialect.wholeInsteadOfRange(),
                        reading + ": 200 with the whole object instead of the range; is there a proxy that drops Range?");
            }
            if (body.isEmpty() || body.get() != length) {
                throw new StoreException(StoreProblem.CHANGED, reading + ": a body of "
                        + body.map(String::valueOf).orElse("unknown") + " bytes, the object was listed with " + length);
            }
            return;
        }
        ContentRange range = head.field("content-range")
                .flatMap(ContentRange::parse)
                .orElseThrow(
                        () -> new StoreException(StoreProblem.MALFORMED,
                                reading + ": 206 without a usable Content-Range"));
        if (range.total() >= 0 && range.total() != file.sizeBytes()) {
            throw new StoreException(StoreProblem.CHANGED, reading + ": the object changed, it had " + file.sizeBytes()
                    + " bytes and has " + range.total());
        }
        if (range.first() != offset || range.last() != offset + length - 1 || body.isEmpty() || body.get() != length) {
            throw new StoreException(StoreProblem.MALFORMED, reading + ": asked for other bytes than Content-Range "
                    + range.first() + "-" + range.last() + " with a body of "
                    + body.map(String::valueOf).orElse("unknown")
                    + " bytes");
        }
    }

    private StoreException translate(IOException e) {
        StoreProblem problem = switch (e) {
            case WireException broken -> StoreProblem.MALFORMED;
            case ProxyException refused when refused.isRefusal() -> StoreProblem.REFUSED;
            case SSLException refused when isCertificate(refused) -> StoreProblem.REFUSED;
            case EOFException early -> StoreProblem.SHORT;
            default -> StoreProblem.UNREACHABLE;
        };
        connection.close();
        return new StoreException(problem, reading + ": " + NoAnswer.explained(e), e);
    }

    private static boolean isCertificate(SSLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.security.cert.CertificateException
                    || cause instanceof java.security.cert.CertPathValidatorException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int read(ByteBuffer destination) throws StoreException {
        try {
            return connection.read(destination);
        } catch (IOException e) {
            throw translate(e);
        }
    }

    @Override
    public void finish() {
        connection.finish();
    }

    @Override
    public void abort() {
        connection.abort();
    }

    @Override
    public void close() {
        connection.close();
    }
}
