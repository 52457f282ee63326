// Times go-twitch-irc's parser over a capture, and shows what it makes of its lines; see ../rust/src/main.rs.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	twitch "github.com/gempir/go-twitch-irc/v4"
)

const library = "go-twitch-irc 4.2.0"

var sink int

func lines(file string) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var result []string
	for _, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSuffix(line, "\r"); line != "" {
			result = append(result, line)
		}
	}
	return result
}

// The parts that the kinds of message have in common: command, channel, sender, text, tags.
func parts(message twitch.Message) (string, string, string, string, map[string]string) {
	switch m := message.(type) {
	case *twitch.PrivateMessage:
		return m.RawType, m.Channel, m.User.Name, m.Message, m.Tags
	case *twitch.UserNoticeMessage:
		return m.RawType, m.Channel, m.User.Name, m.Message, m.Tags
	case *twitch.ClearChatMessage:
		return m.RawType, m.Channel, "", m.TargetUsername, m.Tags
	case *twitch.ClearMessage:
		return m.RawType, m.Channel, "", m.Message, m.Tags
	case *twitch.NoticeMessage:
		return m.RawType, m.Channel, "", m.Message, m.Tags
	case *twitch.RoomStateMessage:
		return m.RawType, m.Channel, "", "", m.Tags
	case *twitch.UserStateMessage:
		return m.RawType, m.Channel, m.User.Name, "", m.Tags
	case *twitch.RawMessage:
		return m.RawType, "", "", m.Message, m.Tags
	}
	return "", "", "", "", nil
}

func run(line, task string) int {
	_, channel, nick, text, tags := parts(twitch.ParseMessage(line))
	size := len(channel) + len(nick) + len(text)
	switch task {
	case "three_tags":
		size += len(tags["id"]) + len(tags["display-name"]) + len(tags["badges"])
	case "all_tags":
		for key, value := range tags {
			size += len(key) + len(value)
		}
	}
	return size
}

func measure(all []string, rounds int) {
	for _, task := range []string{"envelope", "three_tags", "all_tags"} {
		var times []float64
		for round := 0; round <= rounds; round++ {
			begin := time.Now()
			for _, line := range all {
				sink += run(line, task)
			}
			if round > 0 { // the first one is for the caches
				times = append(times, float64(time.Since(begin).Nanoseconds())/float64(len(all)))
			}
		}
		text, _ := json.Marshal(map[string]any{"library": library, "task": task, "ns_per_line": times})
		fmt.Println(string(text))
	}
}

func show(line string) {
	command, channel, nick, text, tags := parts(twitch.ParseMessage(line))
	pairs := make([]string, 0, len(tags))
	for key, value := range tags {
		pairs = append(pairs, key+"="+value)
	}
	sort.Strings(pairs)
	if channel != "" {
		channel = "#" + channel
	}
	all := strings.Join([]string{command, channel, nick, text, strings.Join(pairs, "\x1f")}, "\x1e")
	fmt.Println(strings.ReplaceAll(all, "\n", "\u2424"))
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "time" {
		rounds, err := strconv.Atoi(os.Args[3])
		if err == nil {
			measure(lines(os.Args[2]), rounds)
			return
		}
	}
	if len(os.Args) == 4 && os.Args[1] == "show" {
		for _, line := range lines(os.Args[3]) {
			show(line)
		}
		return
	}
	fmt.Fprintln(os.Stderr, "usage: parsers time FILE ROUNDS | parsers show LIBRARY FILE")
	os.Exit(2)
}
