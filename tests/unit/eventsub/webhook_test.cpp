#define CAF_SUITE eventsub.webhook

#include "runtime/eventsub/webhook.hpp"

#include "tests/unit/fixture.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <functional>
#include <optional>

using namespace creamery;
using namespace creamery::eventsub;
using namespace std::chrono_literals;

namespace {

constexpr const char* key = "s3cret-of-the-bot";

/// 2026-05-01T10:11:12Z.
constexpr int64_t sent = 1'777'630'272'000;

/// The signature as the facts describe it, by OpenSSL's older functions: another way than the product's.
std::string sign(std::string_view with, const std::string& text) {
  unsigned char raw[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), with.data(), static_cast<int>(with.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), raw, &size);
  std::string hex = "sha256=";
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[raw[i] >> 4];
    hex += digits[raw[i] & 15];
  }
  return hex;
}

struct posted {
  std::string method = "POST";
  std::string path = "/callback";
  std::string id = "m-1";
  std::string type = "notification";
  std::string timestamp = "2026-05-01T10:11:12.000000000Z";
  std::string body = R"({"subscription":{"id":"s1","type":"channel.raid","version":"1"},"event":{"viewers":3}})";
  std::string with = key;
  std::optional<std::string> signature = std::nullopt;

  webhook_content to(webhook_gate& gate, int64_t now = sent) const {
    auto signed_as = signature.value_or(sign(with, id + timestamp + body));
    return gate.look({method, path, id, type, timestamp, signed_as, body}, now);
  }
};

webhook_gate one_gate() {
  return webhook_gate{{{"bot", "/callback", secret{key}}}};
}

webhook_refusal refusal(const webhook_content& content) {
  if (!std::holds_alternative<webhook::refused>(content))
    CAF_FAIL("was not refused");
  return std::get<webhook::refused>(content).why;
}

template <class T>
const T& content(const webhook_content& x) {
  if (const auto* refused = std::get_if<webhook::refused>(&x))
    CAF_FAIL("was refused: " << to_string(refused->why));
  if (!std::holds_alternative<T>(x))
    CAF_FAIL("is of another kind");
  return std::get<T>(x);
}

} // namespace

CAF_TEST(the signature of the facts is accepted) {
  auto gate = one_gate();
  auto read = gate.look({"POST", "/callback", "befa7b53-d79d-478f-86b9-120f112b044e", "notification",
                         "2026-05-01T10:11:12.464757833Z",
                         "sha256=e2aa00c7f7545aedc249339c8a09f94431e6b72a21a4d67744bba7d0521e0d6c",
                         R"({"subscription":{"id":"s1","type":"channel.raid"},"event":{"viewers":3}})"},
                        sent);
  const auto& events = content<webhook::notification>(read).events.events;
  REQUIRE_EQ(events.size(), 1u);
  CHECK_EQ(events[0].what.bot, "bot");
  CHECK_EQ(events[0].what.message_id, "befa7b53-d79d-478f-86b9-120f112b044e");
  CHECK_EQ(events[0].what.type, "channel.raid");
  CHECK_EQ(events[0].what.json, R"({"viewers":3})");
  CHECK_EQ(events[0].what.sent_at, "2026-05-01T10:11:12.464757833Z");
}

CAF_TEST(whatever of a message is changed makes its signature wrong) {
  auto gate = one_gate();
  const posted good;
  auto signature = sign(key, good.id + good.timestamp + good.body);
  auto changed = good;
  changed.signature = signature;
  content<webhook::notification>(changed.to(gate));
  changed.id += "x";
  CHECK_EQ(refusal(changed.to(gate)), webhook_refusal::wrong_signature);
  changed = good;
  changed.signature = signature;
  changed.timestamp = "2026-05-01T10:11:13.000000000Z";
  CHECK_EQ(refusal(changed.to(gate)), webhook_refusal::wrong_signature);
  changed = good;
  changed.signature = signature;
  changed.body += " ";
  CHECK_EQ(refusal(changed.to(gate)), webhook_refusal::wrong_signature);
  changed = good;
  changed.with = "another secret";
  CHECK_EQ(refusal(changed.to(gate)), webhook_refusal::wrong_signature);
  for (size_t i = 0; i < signature.size(); ++i) {
    changed = good;
    changed.signature = signature;
    (*changed.signature)[i] = (*changed.signature)[i] == '0' ? '1' : '0';
    CHECK_EQ(refusal(changed.to(gate)), webhook_refusal::wrong_signature);
  }
  changed.signature = "";
  CHECK_EQ(refusal(changed.to(gate)), webhook_refusal::wrong_signature);
  changed.signature = signature + "0";
  CHECK_EQ(refusal(changed.to(gate)), webhook_refusal::wrong_signature);
}

CAF_TEST(a signature is checked before anything else is looked at) {
  auto gate = one_gate();
  posted forged;
  forged.with = "another secret";
  forged.timestamp = "2020-01-01T00:00:00Z";
  forged.body = "no JSON";
  forged.type = "unheard of";
  CHECK_EQ(refusal(forged.to(gate)), webhook_refusal::wrong_signature);
  CHECK(!gate.clock().ahead());
}

CAF_TEST(what has no business here is told so) {
  auto gate = one_gate();
  CHECK_EQ(refusal(posted{.path = "/other"}.to(gate)), webhook_refusal::wrong_path);
  CHECK_EQ(refusal(posted{.path = ""}.to(gate)), webhook_refusal::wrong_path);
  CHECK_EQ(refusal(posted{.method = "GET"}.to(gate)), webhook_refusal::wrong_method);
  CHECK_EQ(refusal(posted{.id = ""}.to(gate)), webhook_refusal::wrong_header);
  CHECK_EQ(refusal(posted{.type = ""}.to(gate)), webhook_refusal::wrong_header);
  CHECK_EQ(refusal(posted{.timestamp = ""}.to(gate)), webhook_refusal::wrong_header);
  CHECK_EQ(refusal(posted{.timestamp = "yesterday"}.to(gate)), webhook_refusal::wrong_header);
  CHECK_EQ(gate.count().refused[static_cast<size_t>(webhook_refusal::wrong_header)], 4u);
  CHECK_EQ(gate.count().refused[static_cast<size_t>(webhook_refusal::wrong_path)], 2u);
}

CAF_TEST(a message may be ten minutes old and no more) {
  auto gate = one_gate();
  content<webhook::notification>(posted{}.to(gate, sent + 600'000));
  CHECK_EQ(refusal(posted{}.to(gate, sent + 600'001)), webhook_refusal::too_old);
  content<webhook::notification>(posted{}.to(gate, sent - 600'000));
  CHECK_EQ(refusal(posted{}.to(gate, sent - 600'001)), webhook_refusal::too_new);
}

CAF_TEST(a clock that is an hour ahead is recognised by the challenge) {
  auto gate = one_gate();
  posted challenge;
  challenge.type = "webhook_callback_verification";
  challenge.body = R"({"challenge":"abc","subscription":{"id":"s1","type":"channel.raid","version":"1"}})";
  CHECK_EQ(refusal(challenge.to(gate, sent + 3'600'000)), webhook_refusal::too_old);
  REQUIRE(gate.clock().ahead());
  CHECK_EQ(*gate.clock().ahead(), 1h);
}

CAF_TEST(a challenge is answered with its text and nothing else) {
  auto gate = one_gate();
  posted asked;
  asked.type = "webhook_callback_verification";
  asked.body = R"({"challenge":"p-l\u00e4n \"x\"","subscription":{"id":"s1","type":"channel.raid","version":"1"}})";
  auto read = asked.to(gate);
  CHECK_EQ(content<webhook::challenge>(read).subscription.id, "s1");
  auto answer = answer_to(read);
  CHECK_EQ(answer.status, 200u);
  CHECK_EQ(answer.body, "p-l\u00e4n \"x\"");
}

CAF_TEST(the challenge of a shard of a conduit names no subscription) {
  auto gate = one_gate();
  posted asked;
  asked.type = "webhook_callback_verification";
  asked.body = R"({"challenge":"abc","conduit_shard":{"conduit_id":"c","shard":"42"}})";
  auto read = asked.to(gate);
  CHECK_EQ(content<webhook::challenge>(read).text, "abc");
  CHECK_EQ(content<webhook::challenge>(read).subscription.id, "");
}

CAF_TEST(a revocation says which subscription has ended and why) {
  auto gate = one_gate();
  posted said;
  said.type = "revocation";
  said.body = R"({"subscription":{"id":"s1","status":"user_removed","type":"channel.raid","version":"1"}})";
  auto read = said.to(gate);
  CHECK_EQ(content<webhook::revocation>(read).subscription.status, "user_removed");
  CHECK_EQ(answer_to(read).status, 204u);
}

CAF_TEST(a kind of message that nobody knows is taken and counted) {
  auto gate = one_gate();
  posted said;
  said.type = "birthday";
  auto read = said.to(gate);
  CHECK_EQ(content<webhook::unknown>(read).type, "birthday");
  CHECK_EQ(answer_to(read).status, 204u);
  CHECK_EQ(gate.count().unknown, 1u);
}

CAF_TEST(a batch is as many events with ids of their own) {
  auto gate = one_gate();
  posted said;
  said.body = R"({"subscription":{"id":"s1","type":"drop.entitlement.grant","version":"1"},)"
              R"("events":[{"id":"a","data":{"user_id":"1"}},{"id":"b","data":{"user_id":"2"}},{"data":{}}]})";
  auto read = said.to(gate);
  const auto& events = content<webhook::notification>(read).events.events;
  REQUIRE_EQ(events.size(), 3u);
  CHECK_EQ(events[0].what.message_id, "m-1/a");
  CHECK_EQ(events[1].what.message_id, "m-1/b");
  CHECK_EQ(events[1].what.json, R"({"user_id":"2"})");
  CHECK_EQ(events[2].what.message_id, "m-1/2");
}

CAF_TEST(a genuine message without sense is refused) {
  auto gate = one_gate();
  for (auto body : {"", "no JSON", "[]", "{}", R"({"event":{}})", R"({"subscription":{"id":"s1"},"event":{}})",
                    R"({"subscription":{"id":"s1","type":"channel.raid"}})"}) {
    posted said;
    said.body = body;
    CAF_MESSAGE(body);
    CHECK_EQ(refusal(said.to(gate)), webhook_refusal::senseless);
  }
  posted challenge;
  challenge.type = "webhook_callback_verification";
  CHECK_EQ(refusal(challenge.to(gate)), webhook_refusal::senseless);
}

CAF_TEST(each path has a bot and a secret of its own) {
  webhook_gate gate{{{"ann", "/ann", secret{"secret of ann"}}, {"ben", "/ben", secret{"secret of ben"}}}};
  auto to_ben = posted{.path = "/ben", .with = "secret of ben"}.to(gate);
  CHECK_EQ(content<webhook::notification>(to_ben).events.events[0].what.bot, "ben");
  CHECK_EQ(refusal(posted{.path = "/ben", .with = "secret of ann"}.to(gate)), webhook_refusal::wrong_signature);
}
