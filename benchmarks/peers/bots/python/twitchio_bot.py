"""The bot of the burst benchmark with TwitchIO 2: counts lines, answers !hello and !lines. $ENDPOINT, $CHANNELS, $LOGIN, $TOKEN,
$SSL_CERT_FILE say where and as whom."""
import os

import aiohttp
import twitchio
import twitchio.cooldowns
import twitchio.websocket

login, channels = os.environ["LOGIN"], os.environ["CHANNELS"].split(",")

# The host is a constant of the module, and so are the limits: those of a verified bot.
twitchio.websocket.HOST = os.environ["ENDPOINT"]
twitchio.cooldowns.RateBucket.IRCLIMIT = twitchio.cooldowns.RateBucket.MODLIMIT = 7500


class Client(twitchio.Client):
    lines = 0

    async def event_message(self, message):
        if message.echo:
            return
        self.lines += 1
        if message.content == "!hello":
            await message.channel.send(f"Hello, {message.author.display_name}!")
        elif message.content == "!lines":
            await message.channel.send(f"lines: {self.lines}")


client = Client(token=os.environ["TOKEN"], initial_channels=channels)


async def validate(*, token=None):
    """Before it connects, TwitchIO asks Twitch whose token it has. That is no part of chat, so it is answered here."""
    client._http.session = client._http.session or aiohttp.ClientSession()
    client._http.nick = login
    return {"client_id": "client", "login": login, "user_id": "1"}


client._http.validate = validate
client.run()
