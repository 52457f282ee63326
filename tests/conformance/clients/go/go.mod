module creamery/conformance

go 1.20

require github.com/gempir/go-twitch-irc/v4 v4.2.0
