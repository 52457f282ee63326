#include "runtime/net/self_signed.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>
#include <string_view>

namespace creamery {

namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* x) const noexcept {
    Free(x);
  }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using octets_ptr = std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_OCTET_STRING_free>>;

constexpr long clock_difference = 60 * 60;
constexpr long seconds_per_day = 24 * 60 * 60;

failure openssl_failure(std::string step) {
  char text[256] = "no reason given";
  if (auto code = ERR_get_error(); code != 0)
    ERR_error_string_n(code, text, sizeof(text));
  ERR_clear_error();
  return {"self-signed certificate: " + std::move(step), text};
}

bool is_address(const std::string& name) {
  octets_ptr address{a2i_IPADDRESS(name.c_str())};
  ERR_clear_error(); // a name that is no address is no error
  return address != nullptr;
}

/// The names become a line of OpenSSL's configuration language: nothing in them may have a meaning there.
bool is_plain_name(const std::string& name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:*_";
  return !name.empty() && name.find_first_not_of(allowed) == std::string::npos;
}

bool add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  extension_ptr extension{X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_random_serial(X509* certificate) {
  uint64_t serial = 0;
  return RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1
         && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1;
}

bool set_common_name(X509_NAME* name, const std::string& value) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.c_str()),
                                    -1, -1, 0)
         == 1;
}

/// A version 3 certificate with subject, dates and key, but no extension and no signature yet.
certificate_ptr make_certificate(const std::string& common_name, EVP_PKEY* key, int days) {
  certificate_ptr made{X509_new()};
  if (!made || X509_set_version(made.get(), X509_VERSION_3) != 1 || !set_random_serial(made.get())
      || !set_common_name(X509_get_subject_name(made.get()), common_name)
      || X509_gmtime_adj(X509_getm_notBefore(made.get()), -clock_difference) == nullptr
      || X509_gmtime_adj(X509_getm_notAfter(made.get()), days * seconds_per_day) == nullptr
      || X509_set_pubkey(made.get(), key) != 1)
    return nullptr;
  return made;
}

template <class Write>
std::string to_pem(Write write) {
  bio_ptr memory{BIO_new(BIO_s_mem())};
  if (!memory || write(memory.get()) != 1)
    return {};
  char* data = nullptr;
  auto size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<size_t>(size)};
}

std::string to_pem(X509* certificate) {
  return to_pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

std::string to_pem(EVP_PKEY* key) {
  return to_pem(
    [&](BIO* out) { return PEM_write_bio_PKCS8PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

} // namespace

result<self_signed> make_self_signed(const std::vector<std::string>& names, int days) {
  if (names.empty())
    return failure{"self-signed certificate", "no names given: at least one DNS name or IP address is needed"};
  std::string alternatives;
  for (const auto& name : names) {
    if (!is_plain_name(name))
      return failure{"self-signed certificate", "'" + name + "' is neither a DNS name nor an IP address"};
    alternatives += (alternatives.empty() ? "" : ",") + std::string{is_address(name) ? "IP:" : "DNS:"} + name;
  }
  key_ptr ca_key{EVP_EC_gen("P-256")};
  key_ptr key{EVP_EC_gen("P-256")};
  if (!ca_key || !key)
    return openssl_failure("making the keys");
  auto ca = make_certificate("Creamery local authority", ca_key.get(), days);
  if (!ca || X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get())) != 1
      || !add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
      || !add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign")
      || !add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash")
      || X509_sign(ca.get(), ca_key.get(), EVP_sha256()) == 0)
    return openssl_failure("making the authority");
  auto server = make_certificate("Creamery local server", key.get(), days);
  if (!server || X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get())) != 1
      || !add_extension(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE")
      || !add_extension(server.get(), ca.get(), NID_key_usage, "critical,digitalSignature")
      || !add_extension(server.get(), ca.get(), NID_ext_key_usage, "serverAuth")
      || !add_extension(server.get(), ca.get(), NID_subject_key_identifier, "hash")
      || !add_extension(server.get(), ca.get(), NID_authority_key_identifier, "keyid")
      || !add_extension(server.get(), ca.get(), NID_subject_alt_name, alternatives)
      || X509_sign(server.get(), ca_key.get(), EVP_sha256()) == 0)
    return openssl_failure("making the server's certificate");
  self_signed made{to_pem(ca.get()), to_pem(server.get()), to_pem(key.get())};
  if (made.ca_certificate.empty() || made.certificate.empty() || made.private_key.empty())
    return openssl_failure("writing PEM");
  return made;
}

} // namespace creamery
