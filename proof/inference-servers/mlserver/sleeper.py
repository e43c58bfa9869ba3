# SPDX-License-Identifier: Apache-2.0
"""An MLServer model whose answers take as long as is asked."""
import asyncio

import mlserver
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput


class Sleeper(mlserver.MLModel):
    async def load(self):
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        await asyncio.sleep(float(payload.inputs[0].data[0]))
        return InferenceResponse(
            model_name="m", outputs=[ResponseOutput(name="answer", shape=[1], datatype="BYTES", data=["done"])])
