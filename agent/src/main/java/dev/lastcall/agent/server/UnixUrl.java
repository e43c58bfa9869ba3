// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.server;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * The address of a server that speaks HTTP on a Unix socket, {@code unix:///run/vllm.sock}, as the configuration has it. A target
 * at that server is the fragment behind it, {@code unix:///run/vllm.sock#/health}: a path of a URL says where the socket is.
 */
public final class UnixUrl {

    /** How it is written, for messages. */
    public static final String EXAMPLE = "unix:///run/vllm.sock";

    /** Longest path that the kernel takes for a socket, {@code sun_path} in unix(7) less its final zero. */
    public static final int MAX_PATH_BYTES = 107;

    private static final String SCHEME = "unix";

    private UnixUrl() {}

    /** Whether it is the address of a Unix socket. */
    public static boolean is(URI url) {
        return SCHEME.equals(url.getScheme());
    }

    /** Whether it is one, and complete: an absolute path, and nothing else. */
    public static boolean isWhole(URI url) {
        return is(url) && url.getRawAuthority() == null && url.getRawQuery() == null && url.getRawFragment() == null
                && url.getPath() != null && url.getPath().startsWith("/") && !url.getPath().endsWith("/");
    }

    /** Where the socket is. */
    public static Path socket(URI url) {
        return Path.of(url.getPath());
    }

    /** A target at the server, such as {@code /v1/models?all=1}. */
    public static URI at(URI url, String target) {
        try {
            return new URI(SCHEME, "", url.getPath(), null, target);
        } catch (URISyntaxException impossible) {
            throw new IllegalArgumentException("not a target: " + target, impossible);
        }
    }

    /** The target of a request to it. */
    public static String target(URI url) {
        return url.getFragment() == null ? "/" : url.getFragment();
    }
}
