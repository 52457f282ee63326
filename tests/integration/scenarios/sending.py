"""What the bots say: in the form that Twitch takes, in order, and only what they were told to say."""

import json

from checker import Event, check_limits
from harness import Bots, Scenario, Simulator, wait_for


class Sending(Scenario):
    def begin(self) -> tuple[Simulator, Bots]:
        twitch = self.simulator()
        bots = self.bots(twitch, {"ann": {"channels": ["red", "green"], "cogs": {"speaker": {}}}}, "wss")
        self.wait_until_joined(twitch, "ann", ["red", "green"])
        return twitch, bots

    def said(self, twitch: Simulator, count: int) -> list[Event]:
        """What the bot has said, once that is so much; all of it was delivered."""
        messages = wait_for(lambda: len(found := twitch.messages("ann")) >= count and found, f"the bot said {count} things")
        self.assertEqual([x["verdict"] for x in messages], ["delivered"] * count)
        return messages

    def end(self, twitch: Simulator, bots: Bots, count: int) -> None:
        """Nothing more was said than what the test saw."""
        self.assertEqual(bots.process.stop(), 0)
        history = twitch.stop()
        self.assertEqual(len([x for x in history if x["event"] == "message"]), count)
        self.assertEqual(check_limits(history), [])

    def test_a_long_text_is_split_at_spaces(self) -> None:
        twitch, bots = self.begin()
        twitch.say("red", "!long 150")
        texts = [x["text"] for x in self.said(twitch, 3)]
        self.assertEqual(" ".join(texts), " ".join(f"wörd{number}" for number in range(150)))
        for text in texts:
            self.assertLessEqual(len(text), 500)
        self.end(twitch, bots, 3)

    def test_a_line_break_cannot_begin_another_command(self) -> None:
        twitch, bots = self.begin()
        evil = "one\r\nPRIVMSG #green :two\nPART #red\rQUIT\u0000PRIVMSG #green :three"
        twitch.say("red", f"!speak {json.dumps(evil)}")
        twitch.say("red", f"!answer {json.dumps(evil + ' again')}")
        for message in self.said(twitch, 2):
            self.assertEqual(message["channel"], "red")
            self.assertRegex(message["text"], r"^one PRIVMSG #green :two PART #red QUIT PRIVMSG #green :three( again)?$")
        self.assertEqual(twitch.members("ann"), {"red", "green"})
        self.end(twitch, bots, 2)

    def test_the_channel_of_a_reply_tag_cannot_be_forged(self) -> None:
        """The id that is answered comes from the server: whatever is in it, it stays a tag's value."""
        twitch, bots = self.begin()
        twitch.say("red", '!answer "fine"', tags={"id": "1;x=y :z\r\nPART #red"})
        message = self.said(twitch, 1)[0]
        self.assertEqual((message["channel"], message["text"]), ("red", "fine"))
        self.assertEqual(twitch.members("ann"), {"red", "green"})
        self.end(twitch, bots, 1)

    def test_slash_me_becomes_an_action(self) -> None:
        twitch, bots = self.begin()
        twitch.say("red", '!speak "/me dances"')
        self.assertEqual(self.said(twitch, 1)[0]["text"], "\x01ACTION dances\x01")
        self.end(twitch, bots, 1)

    def test_a_reply_names_the_line_that_it_answers(self) -> None:
        twitch, bots = self.begin()
        first = twitch.say("red", '!answer "yes"')
        second = twitch.say("green", '!answer "no"')
        answers = {(x["channel"], x["text"], x["reply_to"]) for x in self.said(twitch, 2)}
        self.assertEqual(answers, {("red", "yes", first), ("green", "no", second)})
        self.end(twitch, bots, 2)

    def test_a_repetition_is_made_to_differ(self) -> None:
        twitch, bots = self.begin()
        for _ in range(3):
            twitch.say("red", '!speak "the same"')
        texts = [x["text"] for x in self.said(twitch, 3)]
        self.assertNotEqual(texts[0], texts[1])
        self.assertNotEqual(texts[1], texts[2])
        for text in texts:
            self.assertEqual(text.replace("\U000E0000", "").strip(), "the same")
        self.end(twitch, bots, 3)

    def test_a_verified_bot_says_more_than_others_may(self) -> None:
        twitch = self.simulator()
        twitch.request("POST", "/accounts", {"login": "ann", "verified": True})
        bots = self.bots(twitch, {"ann": {"channels": ["red"], "cogs": {"speaker": {}}, "verified": True}}, "wss")
        twitch.moderator("ann", "red")
        self.wait_until_joined(twitch, "ann", ["red"])
        for number in range(150):
            twitch.say("red", f'!speak "number {number}"')
        self.assertEqual([x["text"] for x in self.said(twitch, 150)], [f"number {number}" for number in range(150)])
        self.assertEqual(twitch.counters()["limit_violations"], 0)  # the simulator's judgement: it knows who is verified

    def test_each_message_has_a_nonce_of_its_own(self) -> None:
        twitch, bots = self.begin()
        for number in range(3):
            twitch.say("red", f'!speak "number {number}"')
        messages = self.said(twitch, 3)
        self.assertEqual([x["text"] for x in messages], [f"number {number}" for number in range(3)])
        self.assertEqual(len({x["nonce"] for x in messages} - {""}), 3)
        self.end(twitch, bots, 3)

    def test_what_a_bot_wants_to_say_during_a_gap_is_said_afterwards(self) -> None:
        """Commands that arrived just before the connection went are answered on the next one, in order."""
        twitch, bots = self.begin()
        twitch.moderator("ann", "red")
        for number in range(5):
            twitch.say("green", f'!speak "number {number}"')
        wait_for(lambda: twitch.messages("ann"), "the bot began to speak")
        twitch.fault("finish", login="ann", count=1)
        messages = wait_for(lambda: len(found := twitch.messages("ann")) >= 5 and found, "the bot said everything")
        self.assertEqual([x["text"] for x in messages], [f"number {number}" for number in range(5)])
        self.assertEqual(len({x["connection"] for x in messages}), 2)
        self.end(twitch, bots, 5)
