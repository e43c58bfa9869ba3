// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.gate;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * One end of a connection that speaks raw HTTP/2: a client's, or a fake server's. It writes whatever frame it is asked to, and
 * fields without compression. One thread reads; any may write.
 */
final class Http2Peer implements Closeable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int ACK = 1;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int PATIENCE_MILLIS = 20_000;

    /** A frame as it was read; an end when the connection ended instead. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Frame(int type, int flags, int stream, byte[] payload, Map<String, String> fields) {
        private static final Frame END = new Frame(-1, 0, 0, new byte[0], Map.of());

        boolean isEnd() {
            return type < 0;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        int number(int at) {
            return ((payload[at] & 0x7f) << 24) | (payload[at + 1] & 0xff) << 16 | (payload[at + 2] & 0xff) << 8
                    | (payload[at + 3] & 0xff);
        }
    }

    /** An answer as it was read: how it ended is in {@code reset} (a code, or none) and {@code whole}. */
    record Answer(Map<String, String> head, String body, Map<String, String> trailers, Optional<Integer> reset,
            boolean whole) {

        String status() {
            return head.getOrDefault(":status", "");
        }

        /** The status of gRPC, wherever it is. */
        String grpcStatus() {
            return trailers.getOrDefault("grpc-status", head.getOrDefault("grpc-status", ""));
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder fields = new DefaultHttp2HeadersDecoder(false);
    private final ArrayDeque<Frame> later = new ArrayDeque<>();
    private final List<Frame> goAways = new CopyOnWriteArrayList<>();
    private boolean quiet;

    Http2Peer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 64 * 1024));
    }

    /** A client that has sent nothing yet. */
    static Http2Peer dial(int port) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        return new Http2Peer(TestTls.isEverywhere() ? TestTls.client(socket, "h2") : socket);
    }

    /** A client that has sent the preface and empty SETTINGS. */
    static Http2Peer connect(int port) throws IOException {
        Http2Peer peer = dial(port);
        peer.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
        peer.frame(SETTINGS, 0, 0, new byte[0]);
        return peer;
    }

    synchronized void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        write(bytes(type, flags, stream, payload));
    }

    static byte[] bytes(int type, int flags, int stream, byte[] payload) {
        ByteBuf frame = Unpooled.buffer(9 + payload.length);
        frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream).writeBytes(payload);
        return frame.array();
    }

    /** A block of fields, name and value in turn, without compression. */
    static byte[] block(String... fields) {
        ByteBuf block = Unpooled.buffer();
        for (int i = 0; i < fields.length; i += 2) {
            block.writeByte(0);
            string(block, fields[i]);
            string(block, fields[i + 1]);
        }
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    void headers(int stream, boolean end, String... fields) throws IOException {
        frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
    }

    void data(int stream, boolean end, String body) throws IOException {
        frame(DATA, end ? END_STREAM : 0, stream, body.getBytes(StandardCharsets.ISO_8859_1));
    }

    void reset(int stream, int code) throws IOException {
        frame(RST_STREAM, 0, stream, number(code));
    }

    void window(int stream, int bytes) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, number(bytes));
    }

    static byte[] number(int number) {
        return new byte[]{(byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number};
    }

    /** A request without a body. */
    void get(int stream, String path, String... more) throws IOException {
        request(stream, true, "GET", path, more);
    }

    /** A call of gRPC; its message follows as data. */
    void call(int stream, String path) throws IOException {
        request(stream, false, "POST", path, "content-type", "application/grpc", "te", "trailers");
    }

    void request(int stream, boolean end, String method, String path, String... more) throws IOException {
        List<String> fields = new ArrayList<>(
                List.of(":method", method, ":scheme", "http", ":authority", "gate", ":path", path));
        fields.addAll(List.of(more));
        headers(stream, end, fields.toArray(String[]::new));
    }

    /** Reads a client's preface. */
    void expectPreface() throws IOException {
        in.readNBytes(PREFACE.length());
    }

    /** Reads the next frame; acknowledges SETTINGS and PING, and keeps GOAWAY, as any peer does. */
    Frame next() throws IOException {
        Frame frame = later.poll();
        return frame == null ? readFrame() : frame;
    }

    private Frame readFrame() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt() & Integer.MAX_VALUE;
            byte[] payload = in.readNBytes(length);
            Frame frame = new Frame(type, flags, stream, payload,
                    type == HEADERS ? decoded(stream, payload) : Map.of());
            if (quiet && type != GOAWAY) {
                return frame;
            }
            if (type == SETTINGS && !frame.has(ACK)) {
                frame(SETTINGS, ACK, 0, new byte[0]);
            } else if (type == PING && !frame.has(ACK)) {
                frame(PING, ACK, 0, frame.payload());
            } else if (type == GOAWAY) {
                goAways.add(frame);
            }
            return frame;
        } catch (EOFException | SocketException ended) {
            return Frame.END;
        }
    }

    /** Reads up to a frame of this type; an end if the connection ends first. Frames of streams before it are kept for later. */
    Frame awaitFrame(int type) throws IOException {
        List<Frame> before = new ArrayList<>();
        Frame frame = next();
        while (!frame.isEnd() && frame.type() != type) {
            if (frame.stream() != 0) {
                before.add(frame);
            }
            frame = next();
        }
        keep(before);
        return frame;
    }

    /** The fields of a HEADERS frame; its peer's table makes sense only in the order in which they come. */
    private Map<String, String> decoded(int stream, byte[] payload) throws IOException {
        try {
            Http2Headers decoded = fields.decodeHeaders(stream, Unpooled.wrappedBuffer(payload));
            Map<String, String> all = new LinkedHashMap<>();
            decoded.forEach(field -> all.merge(field.getKey().toString(), field.getValue().toString(),
                    (one, two) -> one + "|" + two));
            return all;
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** Reads until each of these streams has a head; what is read is kept for later. */
    void awaitHeads(Integer... streams) throws IOException {
        Set<Integer> missing = new HashSet<>(List.of(streams));
        List<Frame> read = new ArrayList<>();
        while (!missing.isEmpty()) {
            Frame frame = next();
            if (frame.isEnd()) {
                throw new EOFException("the connection ended before the heads of " + missing);
            }
            read.add(frame);
            if (frame.type() == HEADERS) {
                missing.remove(frame.stream());
            }
        }
        keep(read);
    }

    /** Keeps what has been read for later, before what has been kept already. */
    private void keep(List<Frame> read) {
        read.reversed().forEach(later::addFirst);
    }

    /** Reads until one stream has its answer or its reset, or the connection ends; what is for others is kept for later. */
    Answer answer(int stream) throws IOException {
        Map<String, String> head = Map.of();
        Map<String, String> trailers = Map.of();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        List<Frame> others = new ArrayList<>();
        for (Frame frame = next(); !frame.isEnd(); frame = next()) {
            if (frame.stream() != stream) {
                if (frame.stream() != 0) {
                    others.add(frame);
                }
                continue;
            }
            if (frame.type() == HEADERS && head.isEmpty()) {
                head = frame.fields();
            } else if (frame.type() == HEADERS) {
                trailers = frame.fields();
            } else if (frame.type() == DATA) {
                body.write(frame.payload());
                if (frame.payload().length > 0) {
                    window(0, frame.payload().length);
                    window(stream, frame.payload().length);
                }
            } else if (frame.type() == RST_STREAM) {
                keep(others);
                return new Answer(head, body.toString(StandardCharsets.ISO_8859_1), trailers,
                        Optional.of(frame.number(0)), false);
            }
            if (frame.has(END_STREAM) && frame.type() <= HEADERS) {
                keep(others);
                return new Answer(head, body.toString(StandardCharsets.ISO_8859_1), trailers, Optional.empty(), true);
            }
        }
        return new Answer(head, body.toString(StandardCharsets.ISO_8859_1), trailers, Optional.empty(), false);
    }

    /** Reads to the end of the connection. */
    void readToEnd() throws IOException {
        while (!next().isEnd()) {
            // the frames that count have been kept
        }
    }

    /** The same without an answer to anything. */
    void readQuietly() throws IOException {
        quiet = true;
        readToEnd();
    }

    /** The last streams of the GOAWAYs that have been read. */
    List<Integer> goAways() {
        return goAways.stream().map(frame -> frame.number(0)).toList();
    }

    /** The codes of the GOAWAYs that have been read. */
    List<Integer> goAwayCodes() {
        return goAways.stream().map(frame -> frame.number(4)).toList();
    }

    /** Leaves, as a client does that has lost interest. */
    void leave() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static void string(ByteBuf to, String text) {
        int length = text.length();
        if (length < 127) {
            to.writeByte(length);
        } else {
            to.writeByte(127);
            int rest = length - 127;
            while (rest >= 128) {
                to.writeByte(rest % 128 + 128);
                rest /= 128;
            }
            to.writeByte(rest);
        }
        to.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    }
}
