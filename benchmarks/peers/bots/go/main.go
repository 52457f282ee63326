// The bot of the burst benchmark with go-twitch-irc: counts lines, answers !hello and !lines. $ENDPOINT, $CHANNELS, $LOGIN, $TOKEN,
// $SSL_CERT_FILE say where and as whom.
package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	twitch "github.com/gempir/go-twitch-irc/v4"
)

func main() {
	endpoint, err := url.Parse(os.Getenv("ENDPOINT"))
	if err != nil {
		panic(err)
	}
	client := twitch.NewClient(os.Getenv("LOGIN"), "oauth:"+os.Getenv("TOKEN"))
	client.IrcAddress = endpoint.Host
	client.TLS = endpoint.Scheme == "ircs"
	client.SetJoinRateLimiter(twitch.CreateVerifiedRateLimiter())
	lines := 0
	client.OnPrivateMessage(func(message twitch.PrivateMessage) {
		lines++
		switch message.Message {
		case "!hello":
			client.Say(message.Channel, "Hello, "+message.User.DisplayName+"!")
		case "!lines":
			client.Say(message.Channel, fmt.Sprintf("lines: %d", lines))
		}
	})
	client.Join(strings.Split(os.Getenv("CHANNELS"), ",")...)
	panic(client.Connect())
}
