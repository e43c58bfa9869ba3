# SPDX-License-Identifier: Apache-2.0
"""Stores that speak S3; those that check signatures are given a key."""

import importlib.metadata
import json
import os
import time

from store import BIN, KEY, NAMES, NotHere, SECRET, Store, said
from web import Rclone


class S3(Store):
    """Filled and changed by boto3, as people do."""

    bucket = "weights"

    def source(self):
        return f"s3://{self.bucket}/m/"

    def flags(self):
        return ["--endpoint", self.at]

    def start(self):
        self.serve(self.command())
        self.fill()

    def client(self):
        import boto3
        from botocore.config import Config
        config = Config(proxies={}, s3={"addressing_style": "path"}, retries={"max_attempts": 1})
        return boto3.client("s3", endpoint_url=self.at, region_name="us-east-1", aws_access_key_id=KEY, config=config,
                            aws_secret_access_key=SECRET, verify=self.authority.ca if self.tls else None)

    def fill(self):
        client, end = self.client(), time.monotonic() + 60
        while True:
            try:  # a port that is open is not yet a store that is ready
                client.create_bucket(Bucket=self.bucket)
                break
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(.5)
        began = time.monotonic()
        for name in NAMES:
            self.put(client, name, 1)
        self.filling = time.monotonic() - began

    def put(self, client, name, version):
        client.put_object(Bucket=self.bucket, Key="m/" + name, Body=self.model.content(name, version))

    def replace(self):
        self.put(self.client(), "model-2.bin", 2)


class RcloneS3(Rclone):
    kind = "s3"
    short = True

    def source(self):
        return "s3://m/"

    def flags(self):
        return ["--endpoint", self.at]

    def more(self):
        return ["--auth-key", f"{KEY},{SECRET}"]


class Moto(S3):
    short = True

    def version(self):
        return importlib.metadata.version("moto")

    def command(self):
        tls = ["-s", "-c", self.authority.cert, "-k", self.authority.key] if self.tls else []
        return [BIN + "/moto_server", "-H", "127.0.0.1", "-p", str(self.port), *tls]


class MotoParts(Moto):
    """The large files put in parts, as boto3 does by itself: their checksums are of the parts."""

    short = False

    def put(self, client, name, version):
        import io
        from boto3.s3.transfer import TransferConfig
        client.upload_fileobj(io.BytesIO(self.model.content(name, version)), self.bucket, "m/" + name,
                              Config=TransferConfig(multipart_threshold=8 << 20, multipart_chunksize=5 << 20))


class S3Proxy(S3):
    def version(self):
        return next(os.path.basename(jar) for jar in self.class_path().split(":") if "/s3proxy-" in jar)[len("s3proxy-"):-len(".jar")]

    def class_path(self):
        path = self.programs + "/maven/s3proxy"
        if not os.path.exists(path):
            raise NotHere("Maven did not find it; see the output of proof/stores --prepare")
        with open(path) as f:
            return f.read().strip()

    def command(self):
        path, data = self.work + "/s3proxy.properties", self.work + "/data"
        os.mkdir(data)
        where = [f"s3proxy.endpoint=http://127.0.0.1:{self.port}"]
        if self.tls:
            where = [f"s3proxy.secure-endpoint=https://127.0.0.1:{self.port}", f"s3proxy.keystore-path={self.authority.p12}",
                     f"s3proxy.keystore-password={SECRET}"]
        with open(path, "w") as f:
            f.write("\n".join([*where, "s3proxy.authorization=aws-v4", f"s3proxy.identity={KEY}", f"s3proxy.credential={SECRET}",
                               "jclouds.provider=filesystem-nio2", f"jclouds.filesystem.basedir={data}", "jclouds.identity=none",
                               "jclouds.credential=none"]) + "\n")
        logging = self.work + "/logback.xml"
        with open(logging, "w") as f:  # without it each call of each part is written down
            f.write('<configuration><appender name="a" class="ch.qos.logback.core.ConsoleAppender"><encoder><pattern>%msg%n</pattern>'
                    '</encoder></appender><root level="WARN"><appender-ref ref="a"/></root></configuration>\n')
        return [os.environ["JAVA_HOME"] + "/bin/java", "-Xmx256m", f"-Dlogback.configurationFile={logging}",
                "-cp", self.class_path(), "org.gaul.s3proxy.Main", "--properties", path]


class SeaweedFS(S3):
    def version(self):
        return said(self.program(), "version").split()[2]

    def program(self):
        path = self.programs + "/go/weed"
        if not os.path.exists(path):
            raise NotHere("it was not built; see the output of proof/stores --prepare")
        return path

    def command(self):
        path, data = self.work + "/identities.json", self.work + "/data"
        os.mkdir(data)
        with open(path, "w") as f:
            json.dump({"identities": [{"name": "proof", "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
                                       "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}, f)
        roles = ["master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port.grpc"]
        tls = [f"-s3.cert.file={self.authority.cert}", f"-s3.key.file={self.authority.key}"] if self.tls else []
        return [self.program(), "server", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", f"-s3.port={self.port}",
                f"-s3.config={path}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false", "-volume.max=20",
                "-master.volumeSizeLimitMB=256", *tls, *(f"-{role}={port}" for role, port in zip(roles, self.more_ports))]
