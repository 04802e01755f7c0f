#include "bootnet/install/talos_probe.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <memory>
#include <optional>

namespace slipway {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

struct Identity {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;
};

/// An ED25519 certificate, as Talos makes them; signed by `issuer`, or by itself.
Identity MakeIdentity(const Identity* issuer) {
  Identity made;
  made.key = {EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free};
  made.certificate = {X509_new(), X509_free};
  X509* const certificate = made.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer == nullptr ? 1 : 2);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* const name = X509_get_subject_name(certificate);
  const char* common = issuer == nullptr ? "talos" : "node";
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common), -1, -1,
                             0);
  X509_set_issuer_name(certificate,
                       issuer == nullptr ? name : X509_get_subject_name(issuer->certificate.get()));
  if (issuer == nullptr) {
    X509_EXTENSION* ca = X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(certificate, ca, -1);
    X509_EXTENSION_free(ca);
  }
  X509_sign(certificate, issuer == nullptr ? made.key.get() : issuer->key.get(), nullptr);
  return made;
}

std::string PemOf(const Identity& identity) {
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, identity.certificate.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<size_t>(size));
  BIO_free(bio);
  return pem;
}

/// A server as Talos' API is one: it asks for a client certificate and ends the handshake without one.
class FakeApi {
 public:
  FakeApi(asio::io_context& io, const Identity& identity)
      : context_(asio::ssl::context::tls_server),
        acceptor_(io, {asio::ip::address_v4::loopback(), 0}),
        peer_(io) {
    SSL_CTX_use_certificate(context_.native_handle(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.native_handle(), identity.key.get());
    context_.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    acceptor_.async_accept(peer_, [this](const auto& error) {
      if (error) return;
      stream_.emplace(std::move(peer_), context_);
      stream_->async_handshake(asio::ssl::stream_base::server, [](const auto&) {});
    });
  }
  uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::ssl::context context_;
  Tcp::acceptor acceptor_;
  Tcp::socket peer_;
  std::optional<asio::ssl::stream<Tcp::socket>> stream_;
};

Result<void> ProbeOnce(asio::io_context& io, uint16_t port, const std::string& ca) {
  std::optional<Result<void>> outcome;
  ProbeTalosApi(io, {0x7f000001}, port, ca, [&](Result<void> result) {
    outcome = std::move(result);
    io.stop();
  });
  io.run_for(std::chrono::seconds(10));
  EXPECT_TRUE(outcome.has_value());
  return outcome.value_or(Bug("no answer at all"));
}

TEST(TalosProbe, SeesACertificateOfTheCluster) {
  asio::io_context io;
  const Identity ca = MakeIdentity(nullptr);
  FakeApi api(io, MakeIdentity(&ca));
  const auto result = ProbeOnce(io, api.port(), PemOf(ca));
  EXPECT_TRUE(result.has_value()) << result.error().message;
}

TEST(TalosProbe, IsNotTakenInByMaintenanceModeOrAnotherCluster) {
  const Identity ca = MakeIdentity(nullptr);
  const Identity other = MakeIdentity(nullptr);
  for (const Identity& server : {MakeIdentity(nullptr), MakeIdentity(&other)}) {
    asio::io_context io;
    FakeApi api(io, server);
    EXPECT_FALSE(ProbeOnce(io, api.port(), PemOf(ca)).has_value());
  }
}

TEST(TalosProbe, SaysWhenNobodyListensOrTheAuthorityIsNone) {
  const Identity ca = MakeIdentity(nullptr);
  asio::io_context io;
  uint16_t free_port = 0;
  {
    Tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
    free_port = acceptor.local_endpoint().port();
  }
  EXPECT_FALSE(ProbeOnce(io, free_port, PemOf(ca)).has_value());
  asio::io_context again;
  const auto wrong = ProbeOnce(again, free_port, "not PEM");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_NE(wrong.error().message.find("certificate authority"), std::string::npos);
}

}  // namespace
}  // namespace slipway
