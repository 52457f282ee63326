//! Times the Rust libraries' parsers over a capture, and shows what they make of its lines.
//!
//!     parsers time FILE ROUNDS        one JSON object for each library and task: nanoseconds per line, round by round
//!     parsers show LIBRARY FILE       every line in the form that all peers share, so that they can be compared
//!
//! The tasks: `envelope` (command, channel, sender and text are looked at), `three_tags` (id, display-name and badges as well), `all_tags`
//! (every tag's name and its unescaped value).

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Instant;

// As tmi's author measures it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TMI: &str = "tmi-rs 0.10.0";
const TWITCH_IRC: &str = "twitch-irc-rs 6.1.3";

fn lines(file: &str) -> Vec<String> {
    let text = std::fs::read(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    String::from_utf8_lossy(&text).lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A tag's value without its escapes; borrowed when there are none.
fn unescaped(value: &str) -> Cow<'_, str> {
    if value.contains('\\') { Cow::Owned(tmi::unescape(value)) } else { Cow::Borrowed(value) }
}

fn tmi_envelope(message: &tmi::IrcMessageRef) -> usize {
    let nick = message.prefix().and_then(|prefix| prefix.nick).map_or(0, str::len);
    message.channel().map_or(0, str::len) + nick + message.text().map_or(0, str::len)
}

fn run_tmi(line: &str, task: &str) -> usize {
    let Some(message) = tmi::IrcMessageRef::parse(line) else { return 0 };
    let size = tmi_envelope(&message);
    match task {
        "envelope" => size,
        "three_tags" => {
            let tags = [tmi::Tag::Id, tmi::Tag::DisplayName, tmi::Tag::Badges];
            size + tags.into_iter().map(|tag| message.tag(tag).map_or(0, str::len)).sum::<usize>()
        }
        _ => size + message.tags().map(|(key, value)| key.len() + unescaped(value).len()).sum::<usize>(),
    }
}

fn run_twitch_irc(line: &str, task: &str) -> usize {
    use twitch_irc::message::{IRCMessage, IRCPrefix};
    let Ok(message) = IRCMessage::parse(line) else { return 0 };
    let nick = match &message.prefix {
        Some(IRCPrefix::Full { nick, .. }) => nick.len(),
        _ => 0,
    };
    let size = message.params.iter().map(String::len).sum::<usize>() + nick;
    match task {
        "envelope" => size,
        "three_tags" => {
            size + ["id", "display-name", "badges"].iter().map(|tag| message.tags.0.get(*tag).map_or(0, String::len)).sum::<usize>()
        }
        _ => size + message.tags.0.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>(),
    }
}

fn time(library: &str, run: fn(&str, &str) -> usize, lines: &[String], rounds: usize) {
    for task in ["envelope", "three_tags", "all_tags"] {
        let mut times = Vec::with_capacity(rounds);
        for _ in 0..=rounds {
            let begin = Instant::now();
            for line in lines {
                black_box(run(black_box(line), task));
            }
            times.push(begin.elapsed().as_nanos() as f64 / lines.len() as f64);
        }
        times.remove(0); // for the caches
        println!("{}", serde_json::json!({"library": library, "task": task, "ns_per_line": times}));
    }
}

/// command, channel, sender, text and the sorted tags, separated by characters that chat doesn't contain.
fn show(command: &str, channel: &str, nick: &str, text: &str, mut tags: Vec<(String, String)>) {
    tags.sort();
    let tags: Vec<String> = tags.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    println!("{}", [command, channel, nick, text, &tags.join("\u{1f}")].join("\u{1e}").replace('\n', "\u{2424}"));
}

fn show_tmi(line: &str) {
    let Some(message) = tmi::IrcMessageRef::parse(line) else { return show("", "", "", "", vec![]) };
    let tags = message.tags().map(|(key, value)| (key.to_owned(), unescaped(value).into_owned())).collect();
    let nick = message.prefix().and_then(|prefix| prefix.nick).unwrap_or("");
    show(message.command().as_str(), message.channel().unwrap_or(""), nick, message.text().unwrap_or(""), tags);
}

fn show_twitch_irc(line: &str) {
    use twitch_irc::message::{IRCMessage, IRCPrefix};
    let Ok(message) = IRCMessage::parse(line) else { return show("", "", "", "", vec![]) };
    let nick = match &message.prefix {
        Some(IRCPrefix::Full { nick, .. }) => nick.as_str(),
        _ => "",
    };
    let param = |index: usize| message.params.get(index).map_or("", String::as_str);
    let tags = message.tags.0.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    show(&message.command, param(0), nick, param(1), tags);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["time", file, rounds] => {
            let lines = lines(file);
            let rounds = rounds.parse().expect("ROUNDS is a number");
            time(TMI, run_tmi, &lines, rounds);
            time(TWITCH_IRC, run_twitch_irc, &lines, rounds);
        }
        ["show", library, file] => {
            for line in lines(file) {
                if library == "tmi-rs" { show_tmi(&line) } else { show_twitch_irc(&line) }
            }
        }
        _ => {
            eprintln!("usage: parsers time FILE ROUNDS | parsers show LIBRARY FILE");
            std::process::exit(2);
        }
    }
}
