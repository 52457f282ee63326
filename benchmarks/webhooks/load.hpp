#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::benchmarks {

/// What is to be sent.
struct load_plan {
  std::string host = "127.0.0.1";
  std::string port;
  std::string path;
  /// With which messages are signed.
  std::string secret;
  /// Header `Twitch-Eventsub-Subscription-Type`, and the body that all messages have.
  std::string type;
  std::string version = "1";
  std::string body;
  /// Each sends one message after the other.
  size_t connections = 256;
  size_t count = 1;
  /// Messages a second, at even distances; 0: as fast as they are answered.
  double rate = 0;
  /// Signatures are wrong.
  bool is_forged = false;
};

/// What came of it.
struct load_result {
  double seconds = 0;
  /// Answers, by HTTP status.
  std::map<unsigned, uint64_t> statuses;
  /// Connections that ended while an answer was due.
  uint64_t lost = 0;
  /// From the moment at which a message was due until it was answered, in milliseconds; in order of size.
  std::vector<double> latency_ms;
};

/// Sends webhooks as Twitch does: each under a fresh id, signed, over connections that are kept alive.
class load {
public:
  explicit load(load_plan plan);
  ~load();

  /// To be called once. @throws boost::system::system_error if nobody listens.
  load_result run();

private:
  using clock = std::chrono::steady_clock;

  class connection;
  class signer;

  /// When the message of this number is due.
  clock::time_point due(size_t number) const;
  /// Sends what is due.
  void send_due();
  void send(connection& over, clock::time_point since);
  void on_answer(connection& over, unsigned status, clock::time_point since);
  void on_lost(connection& over);
  void go_on(connection& over);

  load_plan plan_;
  boost::asio::io_context io_;
  boost::asio::steady_timer timer_{io_};
  boost::asio::ip::tcp::endpoint server_;
  std::unique_ptr<signer> signer_;
  std::vector<std::unique_ptr<connection>> connections_;
  std::vector<connection*> idle_;
  /// Messages that are due and have no connection yet.
  std::deque<clock::time_point> waiting_;
  /// What all requests begin with.
  std::string head_;
  /// Distinguishes the messages of this run from those of all others.
  std::string run_id_;
  clock::time_point begin_{};
  int64_t now_ms_ = 0;
  /// The same as it stands in messages.
  std::string now_;
  size_t scheduled_ = 0;
  size_t sent_ = 0;
  load_result result_;
};

} // namespace creamery::benchmarks
