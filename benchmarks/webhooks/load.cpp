#include "benchmarks/webhooks/load.hpp"

#include "messages/hex.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <boost/asio/write.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <random>
#include <stdexcept>
#include <utility>

namespace creamery::benchmarks {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr size_t most_answer = 64 * 1024;

/// How long the answer is that a text begins with; 0: it isn't whole yet. Knows what HTTP servers say to a POST: a length, chunks, or no
/// body at all.
size_t answer_size(std::string_view text) {
  auto head_end = text.find("\r\n\r\n");
  if (head_end == std::string_view::npos)
    return 0;
  const auto head = text.substr(0, head_end);
  const auto body = head_end + 4;
  auto is_same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; };
  auto value_of = [&](std::string_view name) {
    auto found = std::search(head.begin(), head.end(), name.begin(), name.end(), is_same);
    return found == head.end() ? std::string_view{}
                               : head.substr(static_cast<size_t>(found - head.begin()) + name.size());
  };
  if (!value_of("\r\ntransfer-encoding:").empty()) {
    auto last = text.find("0\r\n\r\n", body - 2);
    return last == std::string_view::npos ? 0 : last + 5;
  }
  auto length = value_of("\r\ncontent-length:");
  length.remove_prefix(std::min(length.find_first_not_of(' '), length.size()));
  size_t size = 0;
  std::from_chars(length.data(), length.data() + length.size(), size);
  return text.size() >= body + size ? body + size : 0;
}

/// "HTTP/1.1 204 …"
unsigned status_of(std::string_view answer) {
  unsigned status = 0;
  if (answer.size() > 12)
    std::from_chars(answer.data() + 9, answer.data() + 12, status);
  return status;
}

} // namespace

class load::signer {
public:
  explicit signer(const std::string& key) {
    auto* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    context_.reset(EVP_MAC_CTX_new(mac));
    EVP_MAC_free(mac);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[]{OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
    if (EVP_MAC_init(context_.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(), parameters) != 1)
      throw std::runtime_error{"no HMAC"};
  }

  std::string sign(std::initializer_list<std::string_view> parts) {
    std::array<unsigned char, 32> raw{};
    size_t size = 0;
    EVP_MAC_init(context_.get(), nullptr, 0, nullptr);
    for (auto part : parts)
      EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(part.data()), part.size());
    EVP_MAC_final(context_.get(), raw.data(), &size, raw.size());
    std::string text(2 * raw.size(), '0');
    write_hex(raw, text.data());
    return text;
  }

private:
  struct end {
    void operator()(EVP_MAC_CTX* x) const noexcept {
      EVP_MAC_CTX_free(x);
    }
  };

  std::unique_ptr<EVP_MAC_CTX, end> context_;
};

/// One connection that is kept alive, and the message that is on its way.
class load::connection {
public:
  explicit connection(load& owner) : owner_(owner), socket_(owner.io_) {
  }

  void open() {
    error_code ignored;
    socket_.close(ignored);
    filled_ = 0;
    socket_.connect(owner_.server_);
    socket_.set_option(asio::ip::tcp::no_delay{true});
  }

  /// The next request, to be written here.
  std::string& request() noexcept {
    return out_;
  }

  void send(clock::time_point since) {
    since_ = since;
    write();
  }

private:
  void write() {
    asio::async_write(socket_, asio::buffer(out_), [this](error_code failed, size_t) {
      if (failed)
        return lose();
      read();
    });
  }

  /// A server may close a connection that was idle for long just when it is used again: then the message is sent once more.
  void lose() {
    const auto was_used = std::exchange(was_used_, false) && filled_ == 0;
    open();
    was_used ? write() : owner_.on_lost(*this);
  }

  /// Waits first: an answer is hardly ever there at once, and to look for it would cost what it takes to read it.
  void read() {
    socket_.async_wait(socket_.wait_read, [this](error_code failed) {
      if (!failed)
        filled_ += socket_.read_some(asio::buffer(in_) + filled_, failed);
      if (failed || filled_ == in_.size())
        return lose();
      const std::string_view answer{in_.data(), filled_};
      if (answer_size(answer) == 0)
        return read();
      was_used_ = true;
      filled_ = 0; // nothing follows what wasn't asked for
      owner_.on_answer(*this, status_of(answer), since_);
    });
  }

  load& owner_;
  asio::ip::tcp::socket socket_;
  std::string out_;
  std::vector<char> in_ = std::vector<char>(most_answer);
  size_t filled_ = 0;
  /// It has brought an answer.
  bool was_used_ = false;
  clock::time_point since_{};
};

load::load(load_plan plan)
  : plan_(std::move(plan)),
    signer_(std::make_unique<signer>(plan_.secret)),
    head_("POST " + plan_.path + " HTTP/1.1\r\nHost: " + plan_.host + ":" + plan_.port
          + "\r\nUser-Agent: Go-http-client/1.1\r\nContent-Type: application/json\r\nContent-Length: "
          + std::to_string(plan_.body.size())
          + "\r\nTwitch-Eventsub-Message-Retry: 0\r\nTwitch-Eventsub-Message-Type: notification"
            "\r\nTwitch-Eventsub-Subscription-Type: "
          + plan_.type + "\r\nTwitch-Eventsub-Subscription-Version: " + plan_.version),
    run_id_(std::to_string(std::random_device{}()) + "-") {
}

load::~load() = default;

load_result load::run() {
  server_ = asio::ip::tcp::resolver{io_}.resolve(plan_.host, plan_.port).begin()->endpoint();
  for (size_t i = 0; i < plan_.connections; ++i) {
    connections_.push_back(std::make_unique<connection>(*this));
    connections_.back()->open();
    idle_.push_back(connections_.back().get());
  }
  result_.latency_ms.reserve(plan_.count);
  begin_ = clock::now();
  send_due();
  io_.run();
  result_.seconds = std::chrono::duration<double>(clock::now() - begin_).count();
  std::sort(result_.latency_ms.begin(), result_.latency_ms.end());
  return std::move(result_);
}

load::clock::time_point load::due(size_t number) const {
  if (plan_.rate == 0)
    return begin_;
  return begin_
         + std::chrono::duration_cast<clock::duration>(
           std::chrono::duration<double>(static_cast<double>(number) / plan_.rate));
}

void load::send_due() {
  const auto now = clock::now();
  while (scheduled_ < plan_.count && due(scheduled_) <= now && (plan_.rate > 0 || !idle_.empty())) {
    const auto since = plan_.rate > 0 ? due(scheduled_) : now;
    ++scheduled_;
    if (idle_.empty()) {
      waiting_.push_back(since);
      continue;
    }
    auto* over = idle_.back();
    idle_.pop_back();
    send(*over, since);
  }
  if (scheduled_ == plan_.count || plan_.rate == 0)
    return;
  timer_.expires_at(due(scheduled_));
  timer_.async_wait([this](error_code) { send_due(); });
}

void load::send(connection& over, clock::time_point since) {
  const auto id = run_id_ + std::to_string(++sent_);
  if (auto ms = unix_milliseconds(); ms != now_ms_) {
    now_ms_ = ms;
    now_ = utc_time(ms);
  }
  auto signature = signer_->sign({id, now_, plan_.body});
  if (plan_.is_forged)
    signature.back() = signature.back() == '0' ? '1' : '0';
  auto& request = over.request();
  request.assign(head_);
  for (auto part : {std::string_view{"\r\nTwitch-Eventsub-Message-Id: "}, std::string_view{id},
                    std::string_view{"\r\nTwitch-Eventsub-Message-Timestamp: "}, std::string_view{now_},
                    std::string_view{"\r\nTwitch-Eventsub-Message-Signature: sha256="}, std::string_view{signature},
                    std::string_view{"\r\n\r\n"}, std::string_view{plan_.body}})
    request += part;
  over.send(since);
}

void load::on_answer(connection& over, unsigned status, clock::time_point since) {
  ++result_.statuses[status];
  result_.latency_ms.push_back(std::chrono::duration<double, std::milli>(clock::now() - since).count());
  go_on(over);
}

void load::on_lost(connection& over) {
  ++result_.lost;
  go_on(over);
}

void load::go_on(connection& over) {
  idle_.push_back(&over);
  if (plan_.rate == 0)
    return send_due();
  if (!waiting_.empty()) {
    auto since = waiting_.front();
    waiting_.pop_front();
    idle_.pop_back();
    send(over, since);
  }
}

} // namespace creamery::benchmarks
