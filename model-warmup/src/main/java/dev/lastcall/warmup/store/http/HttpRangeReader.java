// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.store.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.lastcall.warmup.failure.AnswerFault;
import dev.lastcall.warmup.failure.Failure;
import dev.lastcall.warmup.failure.StoreFamily;
import dev.lastcall.warmup.failure.StoreProblem;
import dev.lastcall.warmup.http.ProxyException;
import dev.lastcall.warmup.http.RangeConnection;
import dev.lastcall.warmup.http.ResponseHead;
import dev.lastcall.warmup.http.Silences;
import dev.lastcall.warmup.http.WireException;
import dev.lastcall.warmup.store.RangeReader;
import dev.lastcall.warmup.store.RemoteFile;
import dev.lastcall.warmup.store.StoreException;
import dev.lastcall.warmup.text.Amount;

/** Ranged GETs over one connection. No byte of a response is handed on before its head agrees with the request exactly. */
public final class HttpRangeReader implements RangeReader {

    /** Errors in XML or JSON are some hundred bytes. */
    private static final int MAX_ERROR_BYTES = 16 * 1024;

    private final HttpDialect dialect;
    private final StoreFamily family;
    private final RangeConnection connection;
    private String reading = "";
    private long left;
    private boolean isWholeExpected;

    public HttpRangeReader(HttpDialect dialect, RangeConnection connection) {
        this.dialect = dialect;
        this.family = dialect.family();
        this.connection = connection;
    }

    @Override
    public void open(RemoteFile file, long offset, long length) throws StoreException, InterruptedException {
        RangeRequest request = request(file, offset, length);
        reading = "GET " + request.origin() + request.path()
                + (offset == 0 ? "" : " from " + Amount.of(offset) + " on");
        try {
            ResponseHead head = connection.get(request.origin(), request.target(), request.headers());
            if (head.status() != 200 && head.status() != 206) {
                String body = new String(connection.readSmallBody(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
                connection.finish();
                throw dialect.explain(file, request, head, body);
            }
            new RangeAgreement(family, reading, file, offset, length).require(head,
                    connection.bodyLength());
            dialect.agreed(file);
            left = length;
            isWholeExpected = length == file.sizeBytes();
        } catch (IOException e) {
            throw translate(e);
        } catch (StoreException e) {
            connection.finish();
            throw e;
        }
    }

    private RangeRequest request(RemoteFile file, long offset, long length)
            throws StoreException, InterruptedException {
        try {
            return dialect.request(file, offset, length);
        } catch (IllegalArgumentException e) {
            throw new StoreException(new Failure.BadAnswer(family, file.path(), AnswerFault.ODD_REQUEST), e);
        }
    }

    private StoreException translate(IOException e) {
        StoreProblem problem = switch (e) {
            case WireException broken -> StoreProblem.MALFORMED;
            case ProxyException refused when refused.isRefusal() -> StoreProblem.REFUSED;
            case EOFException early -> StoreProblem.SHORT;
            default -> StoreProblem.UNREACHABLE;
        };
        connection.close();
        return new StoreException(Silences.of(reading, e, problem), e);
    }

    @Override
    public int read(ByteBuffer destination) throws StoreException {
        int from = destination.position();
        int limit = destination.limit();
        if (destination.remaining() > left) {
            destination.limit(from + (int) left);
        }
        try {
            int count = connection.read(destination);
            if (count == 0 && left > 0) {
                throw early();
            }
            if (count == left) {
                requireEnd(destination, from);
            }
            left -= count;
            return count;
        } catch (IOException e) {
            throw translate(e);
        } finally {
            destination.limit(limit);
        }
    }

    /** Where only the end mark shows the length, the last bytes count only when the mark is there. */
    private void requireEnd(ByteBuffer destination, int from) throws IOException, StoreException {
        boolean isOver = false;
        try {
            isOver = connection.isBodyOver();
        } finally {
            if (!isOver) {
                destination.position(from);
            }
        }
        if (!isOver) {
            throw tooLong();
        }
    }

    /** A body without a length ended, and not by a broken connection. */
    private StoreException early() {
        connection.close();
        return new StoreException(new Failure.BadAnswer(family, reading, AnswerFault.EARLY, Amount.of(left)));
    }

    private StoreException tooLong() {
        connection.close();
        return new StoreException(new Failure.BadAnswer(family, reading,
                isWholeExpected ? AnswerFault.GROWN : AnswerFault.TOO_LONG));
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
