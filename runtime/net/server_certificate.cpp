#include "runtime/net/server_certificate.hpp"

#include <boost/asio/ssl/context.hpp>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdint>
#include <sys/stat.h>
#include <tuple>
#include <utility>

namespace creamery {

namespace {

namespace ssl = boost::asio::ssl;
using error_code = boost::system::error_code;

/// A certificate that ends sooner should have been renewed.
constexpr int days_left_to_warn = 7;

using file_stamp = std::tuple<uint64_t, int64_t, int64_t, int64_t>;

file_stamp stamp_of(const std::filesystem::path& file) {
  struct stat about {};

  if (::stat(file.c_str(), &about) != 0)
    return {};
  return {about.st_ino, about.st_size, about.st_mtim.tv_sec, about.st_mtim.tv_nsec};
}

/// How many days it is still valid for; negative: it isn't any more.
int days_left(ssl::context& settings) {
  auto* certificate = SSL_CTX_get0_certificate(settings.native_handle());
  int days = 0, seconds = 0;
  if (certificate == nullptr || ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)) != 1)
    return 0;
  return seconds < 0 && days == 0 ? -1 : days;
}

} // namespace

struct server_certificate::stamp {
  file_stamp certificate;
  file_stamp key;

  friend bool operator==(const stamp&, const stamp&) = default;
};

server_certificate::server_certificate(certificate_files files, std::function<void(bool, std::string)> tell)
  : files_(std::move(files)), tell_(std::move(tell)) {
}

server_certificate::~server_certificate() = default;

result<std::unique_ptr<server_certificate>> server_certificate::load(certificate_files files,
                                                                     std::function<void(bool, std::string)> tell) {
  std::unique_ptr<server_certificate> made{new server_certificate{std::move(files), std::move(tell)}};
  made->seen_ = std::make_unique<stamp>(made->look());
  auto read = made->read();
  if (!read)
    return read.error();
  made->context_ = std::move(*read);
  if (auto days = days_left(*made->context_); days < days_left_to_warn)
    made->tell_(true, made->files_.certificate.string()
                        + (days < 0 ? " has expired: Twitch refuses it"
                                    : " expires in " + std::to_string(days) + " days: is it being renewed?"));
  return made;
}

ssl::context& server_certificate::current(clock::time_point now) {
  if (now < look_again_)
    return *context_;
  look_again_ = now + look_every;
  auto present = look();
  if (present == *seen_)
    return *context_;
  *seen_ = present;
  auto read = this->read();
  if (!read) {
    tell_(true, to_string(read.error()) + "; the certificate from before is used");
    return *context_;
  }
  context_ = std::move(*read);
  tell_(false, files_.certificate.string() + " has been read again: it is valid for "
                 + std::to_string(days_left(*context_)) + " days");
  return *context_;
}

server_certificate::stamp server_certificate::look() const {
  return {stamp_of(files_.certificate), stamp_of(files_.key)};
}

result<std::unique_ptr<ssl::context>> server_certificate::read() const {
  auto made = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION);
  error_code why;
  made->use_certificate_chain_file(files_.certificate.string(), why);
  if (why)
    return failure{files_.certificate.string(), "is no certificate that can be used: " + why.message()};
  made->use_private_key_file(files_.key.string(), ssl::context::pem, why);
  if (why)
    return failure{files_.key.string(), "is no key that can be used, or not that of the certificate: " + why.message()};
  if (SSL_CTX_check_private_key(made->native_handle()) != 1)
    return failure{files_.key.string(), "is not the key of " + files_.certificate.string()};
  return made;
}

} // namespace creamery
