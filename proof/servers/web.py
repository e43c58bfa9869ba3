# SPDX-License-Identifier: Apache-2.0
"""Web servers: a folder of each is read, without SHA256SUMS."""

import importlib.metadata
import json
import os
import sys

from store import BIN, NotHere, Store, program, said


class Python(Store):
    tls_too = False  # before 3.14
    short = True

    def version(self):
        return sys.version.split()[0]

    def command(self):
        return [sys.executable, "-m", "http.server", str(self.port), "--bind", "127.0.0.1", "--directory", self.root]


class Caddy(Store):
    def version(self):
        return said(BIN + "/caddy", "version").split()[0].removeprefix("v")

    def command(self):
        path = self.work + "/Caddyfile"
        tls = f"tls {self.authority.cert} {self.authority.key}" if self.tls else ""
        with open(path, "w") as f:
            f.write(f"{{\nadmin off\nauto_https off\n}}\n{self.at} {{\nbind 127.0.0.1\nroot * {self.root}\nfile_server\n{tls}\n}}\n")
        return [BIN + "/caddy", "run", "--config", path, "--adapter", "caddyfile"]


class Rclone(Store):
    kind = "http"

    def version(self):
        return said(BIN + "/rclone", "version").split()[1].removeprefix("v")

    def command(self):
        tls = ["--cert", self.authority.cert, "--key", self.authority.key] if self.tls else []
        return [BIN + "/rclone", "serve", self.kind, self.root, "--addr", f"127.0.0.1:{self.port}", "--vfs-cache-mode", "off",
                "--dir-cache-time", "1s", "--poll-interval", "0", *tls, *self.more()]

    def env(self):
        return {**super().env(), "RCLONE_CONFIG": os.path.join(self.work, "none.conf")}

    def more(self):
        return []


class RcloneWebdav(Rclone):
    kind = "webdav"


class Wsgidav(Store):
    def version(self):
        return importlib.metadata.version("wsgidav")

    def command(self):
        path = self.work + "/wsgidav.json"
        config = {"host": "127.0.0.1", "port": self.port, "provider_mapping": {"/": self.root},
                  "simple_dc": {"user_mapping": {"*": True}}, "server": "cheroot", "verbose": 1}
        if self.tls:
            config |= {"ssl_certificate": self.authority.cert, "ssl_private_key": self.authority.key, "ssl_adapter": "builtin"}
        with open(path, "w") as f:
            json.dump(config, f)
        return [BIN + "/wsgidav", "--config", path]


class Nginx(Store):
    short = True

    def version(self):
        return said(self.program(), "-v").rpartition("/")[2]

    @staticmethod
    def program():
        return program("/usr/sbin/nginx", "there is no /usr/sbin/nginx: apt-get install nginx")

    def command(self):
        path, tls = self.work + "/nginx.conf", ""
        if self.tls:
            tls = f"ssl_certificate {self.authority.cert}; ssl_certificate_key {self.authority.key};"
        with open(path, "w") as f:
            f.write(f"daemon off; pid {self.work}/pid; error_log {self.work}/error.log; events {{}}\n"
                    "http { access_log off; " + "".join(
                        f"{kind}_temp_path {self.work}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
                    + f"server {{ listen 127.0.0.1:{self.port}{' ssl' if self.tls else ''}; {tls} root {self.root}; }} }}\n")
        return [self.program(), "-c", path, "-e", self.work + "/error.log"]

    def start(self):
        os.chmod(self.work, 0o755)  # its workers are not root
        super().start()


class Apache(Store):
    short = True
    modules = "/usr/lib/apache2/modules"

    def version(self):
        return said(self.program(), "-v").partition("Apache/")[2].split()[0]

    @staticmethod
    def program():
        return program("/usr/sbin/apache2", "there is no /usr/sbin/apache2: apt-get install apache2-bin")

    def command(self):
        path, names = self.work + "/apache.conf", ["mpm_event", "authz_core", "dir"]
        lines = [f"ServerRoot {self.work}", "ServerName localhost", f"PidFile {self.work}/pid", f"ErrorLog {self.work}/error.log",
                 f"DefaultRuntimeDir {self.work}", f"Listen 127.0.0.1:{self.port}", f"DocumentRoot {self.root}",
                 f"<Directory {self.root}>\nRequire all granted\n</Directory>"]
        if os.geteuid() == 0:
            lines += ["User www-data", "Group www-data"]
        if self.tls:
            names += ["socache_shmcb", "ssl"]
            lines += ["SSLEngine on", f"SSLCertificateFile {self.authority.cert}", f"SSLCertificateKeyFile {self.authority.key}"]
        loads = [f"LoadModule {name}_module {self.modules}/mod_{name}.so" for name in names]
        with open(path, "w") as f:
            f.write("\n".join(loads + lines) + "\n")
        return [self.program(), "-f", path, "-DFOREGROUND"]

    def start(self):
        os.chmod(self.work, 0o755)
        super().start()


class Go(Store):
    def version(self):
        return said("go", "version", self.program()).split()[-1].removeprefix("go")

    def program(self):
        path = self.programs + "/go/fileserver"
        if not os.path.exists(path):
            raise NotHere("it was not built; see the output of proof/stores --prepare")
        return path

    def command(self):
        tls = [self.authority.cert, self.authority.key] if self.tls else []
        return [self.program(), f"127.0.0.1:{self.port}", self.root, *tls]
