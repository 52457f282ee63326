"""Two bots in three channels, on each of the four transports."""

from checker import check_answers, check_limits, check_lines
from harness import Scenario, wait_for

CHANNELS = ("red", "green", "blue")
BOTS = {
    "ann": {"channels": ["red", "green"], "prefix": "!"},
    "bob": {"channels": ["green", "blue"], "prefix": "$"},
}


class Transports(Scenario):
    def two_bots(self, transport: str) -> None:
        twitch = self.simulator()
        bots = self.bots(twitch, BOTS, transport)
        for login, bot in BOTS.items():
            self.wait_until_joined(twitch, login, bot["channels"])
            self.assertEqual([x["transport"] for x in twitch.connections(login)], [transport])

        asked: dict[str, list[str]] = {bot: [] for bot in BOTS}
        for number in range(3):
            for channel in CHANNELS:
                twitch.say(channel, f"just talking, #{number}", login=f"viewer{number}")
                for bot, settings in BOTS.items():
                    command = twitch.say(channel, f"{settings['prefix']}mark {number} in {channel}", login="asker")
                    if channel in settings["channels"]:
                        asked[bot].append(command)
        for bot, commands in asked.items():
            wait_for(lambda: len(twitch.messages(bot)) >= len(commands), f"{bot} has answered {len(commands)} commands")
        for bot, settings in BOTS.items():
            self.wait_until_handled(twitch, bots, bot, channels=settings["channels"])

        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        for bot, settings in BOTS.items():
            self.assertEqual(check_lines(history, bot, bots.record(bot), channels=settings["channels"]), [])
            self.assertEqual(check_answers(history, bot, asked[bot]), [])
            texts = [x["text"] for x in history if x["event"] == "message" and x["login"] == bot and x["channel"] == "green"]
            self.assertEqual(texts, [f"mark {number} in green" for number in range(3)])
        self.assertEqual(check_limits(history), [])

    def test_two_bots_over_ws(self) -> None:
        self.two_bots("ws")

    def test_two_bots_over_wss(self) -> None:
        self.two_bots("wss")

    def test_two_bots_over_irc(self) -> None:
        self.two_bots("irc")

    def test_two_bots_over_ircs(self) -> None:
        self.two_bots("ircs")
