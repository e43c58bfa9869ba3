# SPDX-License-Identifier: Apache-2.0
"""A KServe server whose answers take as long as is asked: kserve_app.py HTTP-PORT GRPC-PORT"""
import asyncio
import sys

import kserve


class Sleeper(kserve.Model):
    def __init__(self):
        super().__init__("m")
        self.ready = True

    async def predict(self, payload, headers=None, response_headers=None):
        await asyncio.sleep(float(payload["instances"][0]))
        return {"predictions": ["done"]}


if __name__ == "__main__":
    kserve.ModelServer(http_port=int(sys.argv[1]), grpc_port=int(sys.argv[2])).start([Sleeper()])
