"""TwitchIO 2 against a Twitch chat at $ENDPOINT: logs in, joins, says a line, waits for a viewer's."""
import os
import sys

import aiohttp
import twitchio
import twitchio.websocket

login, channel = os.environ["LOGIN"], os.environ["CHANNEL"]

# The host is a constant of the module.
twitchio.websocket.HOST = os.environ["ENDPOINT"]


class Client(twitchio.Client):
    async def event_ready(self):
        await self.get_channel(channel).send(os.environ["SAY"])

    async def event_message(self, message):
        if message.echo or message.content != os.environ["EXPECT"]:
            return
        complete = message.id and message.author.id and message.tags.get("room-id")
        if not complete:
            print("the line came without its tags", file=sys.stderr, flush=True)
        # Closing a TwitchIO client from within one of its events doesn't end its loop.
        os._exit(0 if complete else 1)


client = Client(token=os.environ["TOKEN"], initial_channels=[channel])


async def validate(*, token=None):
    """Before it connects, TwitchIO asks Twitch whose token it has. That is no part of chat, so it is answered here."""
    client._http.session = client._http.session or aiohttp.ClientSession()
    client._http.nick = login
    return {"client_id": "client", "login": login, "user_id": "1"}


client._http.validate = validate
client.run()
