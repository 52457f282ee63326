/// A raid for whatever bot comes: see `run` beside this file. It listens, waits until so many channels have a member, and then
/// plays one raid for each line of JSON on standard input (`raid_plan`), answering each with a line of JSON on standard output.
///
///     generator --capture FILE [--channels N] [--lines-per-frame K]

#include "benchmarks/burst/raid.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <optional>
#include <unistd.h>

using namespace creamery;
using namespace creamery::benchmarks;

namespace {

class generator {
public:
  generator(const capture& data, size_t channels)
    : words_(data), channels_(channels), input_(io_, ::dup(STDIN_FILENO)) {
  }

  bool start(size_t lines_per_frame) {
    chat_host::listener told;
    told.on_message = [this](const chat_host::client& who, std::string_view text) {
      if (raid_)
        raid_->on_message(who.nick, text);
    };
    told.on_drained = [this](chat_host::client&) {
      if (raid_)
        raid_->on_drained();
    };
    told.on_membership = [this] { look_for_members(); };
    auto opened = chat_host::open(io_, lines_per_frame, told);
    if (!opened) {
      std::cerr << to_string(opened.error()) << '\n';
      return false;
    }
    host_ = std::move(*opened);
    const auto ports = host_->ports();
    tell({{"event", "listening"},
          {"ws", ports.ws},
          {"wss", ports.wss},
          {"irc", ports.irc},
          {"ircs", ports.ircs},
          {"ca", host_->ca_certificate()}});
    read();
    return true;
  }

  void run() {
    io_.run();
  }

private:
  static void tell(const nlohmann::json& what) {
    std::cout << what.dump() << std::endl;
  }

  void look_for_members() {
    const auto now = raid::clock::now();
    if (host_->joined() > 0 && !first_join_)
      first_join_ = now;
    if (complete_ || host_->joined() < channels_)
      return;
    complete_ = true;
    tell({{"event", "joined"},
          {"channels", host_->joined()},
          {"clients", host_->members().size()},
          {"seconds", std::chrono::duration<double>{now - *first_join_}.count()}});
  }

  void read() {
    simulator::net::async_read_until(input_, buffer_, '\n', [this](simulator::error_code why, size_t) {
      if (why)
        return io_.stop(); // the end of the input is the end
      std::string line;
      std::getline(std::istream{&buffer_}, line);
      play(line);
    });
  }

  void play(const std::string& line) {
    const auto text = nlohmann::json::parse(line, nullptr, false);
    if (!text.is_object() || host_->members().empty()) {
      tell({{"event", "error"},
            {"what", text.is_object() ? "nobody is in a channel" : "that is no JSON object: " + line}});
      return read();
    }
    raid_ = std::make_unique<raid>(io_, *host_, words_, first_number_, said_, raid_plan::from(text),
                                   [this](nlohmann::json result) {
                                     first_number_ += result["commands"].get<uint64_t>();
                                     said_ += result["counted"].get<uint64_t>();
                                     result["event"] = "done";
                                     result["connections_lost"] = host_->connections_lost();
                                     tell(result);
                                     read();
                                   });
    raid_->start();
  }

  simulator::net::io_context io_{1};
  chat_lines words_;
  size_t channels_;
  simulator::net::posix::stream_descriptor input_;
  simulator::net::streambuf buffer_;
  std::unique_ptr<chat_host> host_;
  std::unique_ptr<raid> raid_;
  bool complete_ = false;
  std::optional<raid::clock::time_point> first_join_;
  uint64_t first_number_ = 1;
  uint64_t said_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  std::string file;
  size_t channels = 1;
  size_t lines_per_frame = 1;
  CLI::App app{"Plays raids for whatever bot comes."};
  app.add_option("--capture", file, "real chat, one IRC line a line")->required();
  app.add_option("--channels", channels, "channels that must have a member before it begins");
  app.add_option("--lines-per-frame", lines_per_frame, "for WebSocket")->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);
  const auto data = load_capture(file);
  if (chat_lines{data}.empty()) {
    std::cerr << file << ": there are no chat messages with ids in it\n";
    return 1;
  }
  generator raids{data, channels};
  if (!raids.start(lines_per_frame))
    return 1;
  raids.run();
  return 0;
}
