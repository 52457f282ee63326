#include "benchmarks/webhooks/load.hpp"

#include "messages/hex.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <stdexcept>
#include <utility>

namespace creamery::benchmarks {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

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
    in_.clear();
    socket_.connect(owner_.server_);
    socket_.set_option(asio::ip::tcp::no_delay{true});
  }

  void send(std::string request, clock::time_point since) {
    out_ = std::move(request);
    since_ = since;
    asio::async_write(socket_, asio::buffer(out_), [this](error_code failed, size_t) {
      if (failed)
        return owner_.on_lost(*this);
      read();
    });
  }

private:
  void read() {
    answer_ = {};
    http::async_read(socket_, in_, answer_, [this](error_code failed, size_t) {
      if (failed)
        return owner_.on_lost(*this);
      owner_.on_answer(*this, answer_.result_int(), since_);
    });
  }

  load& owner_;
  asio::ip::tcp::socket socket_;
  std::string out_;
  boost::beast::flat_buffer in_;
  http::response<http::string_body> answer_;
  clock::time_point since_{};
};

load::load(load_plan plan)
  : plan_(std::move(plan)),
    signer_(std::make_unique<signer>(plan_.secret)),
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
  const auto now = utc_time(unix_milliseconds());
  auto signature = signer_->sign({id, now, plan_.body});
  if (plan_.is_forged)
    signature.back() = signature.back() == '0' ? '1' : '0';
  std::string request;
  request.reserve(plan_.body.size() + 1'024);
  request += "POST " + plan_.path + " HTTP/1.1\r\nHost: " + plan_.host + ":" + plan_.port;
  request += "\r\nUser-Agent: Go-http-client/1.1\r\nContent-Type: application/json\r\nContent-Length: ";
  request += std::to_string(plan_.body.size());
  request += "\r\nTwitch-Eventsub-Message-Id: " + id;
  request += "\r\nTwitch-Eventsub-Message-Retry: 0\r\nTwitch-Eventsub-Message-Type: notification";
  request += "\r\nTwitch-Eventsub-Message-Signature: sha256=" + signature;
  request += "\r\nTwitch-Eventsub-Message-Timestamp: " + now;
  request += "\r\nTwitch-Eventsub-Subscription-Type: " + plan_.type;
  request += "\r\nTwitch-Eventsub-Subscription-Version: " + plan_.version;
  request += "\r\n\r\n";
  request += plan_.body;
  over.send(std::move(request), since);
}

void load::on_answer(connection& over, unsigned status, clock::time_point since) {
  ++result_.statuses[status];
  result_.latency_ms.push_back(std::chrono::duration<double, std::milli>(clock::now() - since).count());
  go_on(over);
}

void load::on_lost(connection& over) {
  ++result_.lost;
  over.open();
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
