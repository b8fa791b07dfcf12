"""A plain peer made of python3-websockets: says a line, prints what it hears, leaves after the second text."""
import asyncio
import sys

import websockets


async def main(url):
    async with websockets.connect(url) as peer:
        await peer.send("hello from python \u00e9")
        for _ in range(2):
            print(await peer.recv(), flush=True)


asyncio.run(main(sys.argv[1]))
