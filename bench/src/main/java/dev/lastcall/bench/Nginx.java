// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nginx with one worker, as the server of small answers or as the reverse proxy that the gate is measured beside. */
final class Nginx {

    private static final String FRAME = """
            daemon off;
            worker_processes 1;
            pid DIR/pid;
            error_log DIR/error.log;
            events { worker_connections 8192; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              keepalive_timeout 600s;
              client_body_temp_path DIR/t1; proxy_temp_path DIR/t2; fastcgi_temp_path DIR/t3;
              uwsgi_temp_path DIR/t4; scgi_temp_path DIR/t5;
              CONTENT
            }
            """;
    private static final String SERVER = """
            server {
              listen 127.0.0.1:LISTEN backlog=1024;
              location / { default_type application/json; return 200 '{"id":"cmpl-1","object":"text_completion","ok":true}'; }
            }
            """;
    private static final String PROXY = """
            upstream server { server 127.0.0.1:UPSTREAM; keepalive 512; keepalive_requests 1000000000; }
            server {
              listen 127.0.0.1:LISTEN backlog=1024;
              location / {
                proxy_pass http://server;
                proxy_http_version 1.1;
                proxy_buffering off;
                proxy_read_timeout 600s;
                proxy_set_header Connection "";
                proxy_set_header Host $host;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                proxy_set_header X-Forwarded-Proto $scheme;
                proxy_set_header X-Forwarded-Host $host;
              }
            }
            """;

    private Nginx() {}

    static MeasuredProcess server(int core, int listen) throws IOException {
        return start(core, SERVER.replace("LISTEN", Integer.toString(listen)));
    }

    static MeasuredProcess proxy(int core, int listen, int upstream) throws IOException {
        return start(core, PROXY.replace("LISTEN", Integer.toString(listen))
                .replace("UPSTREAM",
                        Integer.toString(upstream)));
    }

    private static MeasuredProcess start(int core, String content) throws IOException {
        Path folder = Files.createTempDirectory("lastcall-bench-nginx");
        Path file = folder.resolve("nginx.conf");
        Files.writeString(file, FRAME.replace("CONTENT", content).replace("DIR", folder.toString()));
        return MeasuredProcess.start(core, folder.resolve("out"), List.of("nginx", "-c", file.toString()));
    }
}
