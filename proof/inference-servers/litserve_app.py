# SPDX-License-Identifier: Apache-2.0
"""A LitServe server whose answers take as long as is asked: litserve_app.py PORT"""
import sys
import time

import litserve


class Sleeper(litserve.LitAPI):
    def setup(self, device):
        pass

    def decode_request(self, request):
        return float(request["seconds"])

    def predict(self, seconds):
        time.sleep(seconds)
        return "done"

    def encode_response(self, output):
        return {"answer": output}


if __name__ == "__main__":
    litserve.LitServer(Sleeper(), accelerator="cpu", workers_per_device=4).run(
        port=int(sys.argv[1]), generate_client_file=False, num_api_servers=1)
