#define CAF_SUITE config.secret

#include "messages/secret.hpp"
#include "tests/unit/fixture.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/json_writer.hpp>

#include <concepts>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>

using creamery::secret;

namespace {

template <class T>
concept printable = requires(std::ostream& out, const T& x) { out << x; };

static_assert(!printable<secret>);
static_assert(!std::is_convertible_v<secret, std::string>);
static_assert(!std::is_convertible_v<secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string_view, secret>);

} // namespace

SCENARIO("a secret tells its text only to those who ask for it") {
  GIVEN("a secret") {
    secret token{"abcdef"};
    WHEN("it is revealed") {
      THEN("the text is there") {
        CHECK_EQ(token.reveal(), "abcdef");
        CHECK(!token.empty());
      }
    }
    WHEN("it is shown to people") {
      THEN("they see asterisks") {
        CHECK_EQ(caf::deep_to_string(token), R"("***")");
        caf::json_writer json;
        CHECK(json.apply(token));
        CHECK_EQ(json.str(), R"("***")");
      }
    }
    WHEN("it is sent to another node") {
      caf::byte_buffer buffer;
      caf::binary_serializer sink{nullptr, buffer};
      CHECK(sink.apply(token));
      THEN("it arrives") {
        secret copy;
        caf::binary_deserializer source{nullptr, buffer};
        CHECK(source.apply(copy));
        CHECK_EQ(copy.reveal(), "abcdef");
      }
    }
  }
}

SCENARIO("secrets are values") {
  GIVEN("secrets with equal and different texts") {
    WHEN("they are compared") {
      THEN("the text decides") {
        CHECK(secret{"one"} == secret{"one"});
        CHECK(secret{"one"} != secret{"two"});
        CHECK(secret{"one"} != secret{"ones"});
        CHECK(secret{} == secret{""});
        CHECK(secret{}.empty());
      }
    }
    WHEN("they are copied and moved") {
      secret a{"a"};
      secret b{"b"};
      THEN("they behave like strings") {
        b = a;
        CHECK_EQ(b.reveal(), "a");
        b = *&b; // to itself
        CHECK_EQ(b.reveal(), "a");
        secret c = std::move(a);
        CHECK_EQ(c.reveal(), "a");
        CHECK(a.empty()); // NOLINT: what is left behind is the point here
        c = std::move(b);
        CHECK_EQ(c.reveal(), "a");
        CHECK(b.empty()); // NOLINT
      }
    }
  }
}
