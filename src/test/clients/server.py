"""A peer to be dialled, made of python3-websockets: prints its port, then what it hears, and answers each text."""
import asyncio

import websockets


async def serve(peer, *_):
    async for text in peer:
        print(text, flush=True)
        await peer.send("python heard: " + text)


async def main():
    async with websockets.serve(serve, "localhost", 0, family=2) as server:
        print("port", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
