// go-twitch-irc against a Twitch chat at $ENDPOINT: logs in, joins, says a line, waits for a viewer's.
package main

import (
	"fmt"
	"net/url"
	"os"

	twitch "github.com/gempir/go-twitch-irc/v4"
)

func fail(why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}

func main() {
	endpoint, err := url.Parse(os.Getenv("ENDPOINT"))
	if err != nil {
		fail(err)
	}
	login, channel := os.Getenv("LOGIN"), os.Getenv("CHANNEL")
	client := twitch.NewClient(login, "oauth:"+os.Getenv("TOKEN"))
	client.IrcAddress = endpoint.Host
	client.TLS = endpoint.Scheme == "ircs"
	client.OnSelfJoinMessage(func(message twitch.UserJoinMessage) {
		client.Say(channel, os.Getenv("SAY"))
	})
	client.OnPrivateMessage(func(message twitch.PrivateMessage) {
		if message.Message != os.Getenv("EXPECT") {
			return
		}
		if message.ID == "" || message.RoomID == "" || message.User.ID == "" {
			fail("the line came without its tags")
		}
		os.Exit(0)
	})
	client.Join(channel)
	fail(client.Connect())
}
