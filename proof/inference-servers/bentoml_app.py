# SPDX-License-Identifier: Apache-2.0
"""A BentoML service whose answers take as long as is asked."""
import asyncio

import bentoml


@bentoml.service(traffic={"timeout": 60})
class Sleeper:
    @bentoml.api
    async def sleep(self, seconds: float) -> dict:
        await asyncio.sleep(seconds)
        return {"answer": "done"}
