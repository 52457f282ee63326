"""The webhooks benchmark with TwitchIO 2: its own listener. Says where it listens, and answers each line of input with how many events it
has handled. $PORT, $SECRET."""
import asyncio
import json
import os
import sys

import twitchio
from twitchio.ext import eventsub


class Client(twitchio.Client):
    events = 0

    async def event_eventsub_notification_raid(self, event):
        self.events += 1


async def main():
    client = Client(token="token")
    listener = eventsub.EventSubClient(client, os.environ["SECRET"], "https://localhost/callback")
    serving = asyncio.create_task(listener.listen(host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None))
    print(json.dumps({"path": "/callback"}), flush=True)
    asked = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        print(json.dumps({"events": client.events}), flush=True)
    listener.stop()
    await serving


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
