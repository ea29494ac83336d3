// The handshake in both roles, over a real socket pair on loopback: who is let in, who is not, and
// what is said of it.
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

#include "proxy/net/stream.hpp"
#include "proxy/net/tls_client.hpp"
#include "proxy/net/tls_server.hpp"

#include "tests/support/tls_peer.hpp"

namespace occam {
namespace {

using namespace test;
using namespace std::string_view_literals;
using Kind = net::TlsFailure::Kind;
using Verify = net::TlsClient::Verify;

net::TlsServer server_role(const PemFiles& files, const std::string& client_ca = "") {
  return net::TlsServer({files.certificate, files.key, client_ca}, "postgresql");
}

net::TlsClient::Settings trusting(const std::string& name = "db.example") {
  return {Verify::name, certificates().authority.file(), name, "", ""};
}

// One handshake as Occam sees it, the peer's part played by `peer`.
template <class Role, class Peer>
std::optional<net::TlsFailure> handshake(const Role& role, const SSL_METHOD* method, Peer peer) {
  Pair pair;
  net::Stream stream(std::move(pair.near));
  std::optional<net::TlsFailure> result;
  bool called = false;
  Far far(pair.far.release(), method);
  auto other = beside([&] { peer(far); });
  stream.encrypt(role, [&](std::optional<net::TlsFailure> failure) {
    called = true;
    result = std::move(failure);
    stream.close();
  });
  CHECK_FALSE(called);
  pair.io.run();
  other.join();
  CHECK(called);
  return result;
}

std::optional<net::TlsFailure> meet_server(const net::TlsClient::Settings& settings,
                                           const PemFiles& shown) {
  return handshake(net::TlsClient(settings, "postgresql"), TLS_server_method(), [&](Far& far) {
    far.show(shown);
    far.accept();
    far.close();
  });
}

TEST_CASE("tls client: a server is known by its chain and its name") {
  const auto& made = certificates();
  const auto meets = [&](net::TlsClient::Settings settings, const PemFiles& shown) {
    const auto failure = meet_server(settings, shown);
    return failure ? failure->reason : "";
  };
  CHECK(meets(trusting(), made.server).empty());
  CHECK(meets(trusting("a.wild.example"), made.server).empty());
  CHECK(meets(trusting("127.0.0.1"), made.server).empty());
  CHECK(meets(trusting("a.b.wild.example"), made.server) ==
        "its certificate is for db.example, *.wild.example, 127.0.0.1, not for a.b.wild.example");
  CHECK(meets(trusting("127.0.0.2"), made.server) ==
        "its certificate is for db.example, *.wild.example, 127.0.0.1, not for 127.0.0.2");
  CHECK(meets(trusting(), made.intruder) ==
        "its certificate is not accepted: unable to get local issuer certificate (CN=intruder, "
        "signed by CN=strange-ca)");
  CHECK_THAT(meets(trusting(), made.expired),
             Catch::StartsWith("its certificate is not accepted: certificate has expired "
                               "(CN=expired, valid until 20"));

  auto chain = trusting("another.example");
  chain.verify = Verify::chain;
  CHECK(meets(chain, made.server).empty());
  CHECK(meet_server(chain, made.intruder)->kind == Kind::not_trusted);
  auto nothing = trusting("another.example");
  nothing.verify = Verify::nothing;
  CHECK(meets(nothing, made.intruder).empty());
}

TEST_CASE("tls client: the server is told the name, never an address") {
  const auto told = [](const std::string& name) {
    std::string heard = "nothing";
    auto settings = trusting(name);
    settings.verify = Verify::nothing;
    handshake(net::TlsClient(settings, "postgresql"), TLS_server_method(), [&](Far& far) {
      far.show(certificates().server);
      far.accept();
      if (const char* sni = SSL_get_servername(far.session(), TLSEXT_NAMETYPE_host_name))
        heard = sni;
    });
    return heard;
  };
  CHECK(told("db.example") == "db.example");
  CHECK(told("127.0.0.1") == "nothing");
  CHECK(told("::1") == "nothing");
}

TEST_CASE("tls client: whoever does not speak TLS is told from whoever hangs up") {
  const auto failure = [](auto peer) {
    return *handshake(net::TlsClient(trusting(), "postgresql"), TLS_server_method(), peer);
  };
  const auto plain = failure([](Far& far) {
    ::send(far.descriptor(), "E\0\0\0\x20no TLS here", 16, MSG_NOSIGNAL);
    char bytes[4096];
    while (::recv(far.descriptor(), bytes, sizeof bytes, 0) > 0) {
    }
  });
  CHECK(plain.kind == Kind::not_tls);
  CHECK_THAT(plain.reason, Catch::StartsWith("it does not speak TLS"));
  const auto gone = failure([](Far& far) {
    char bytes[4096];
    ::recv(far.descriptor(), bytes, sizeof bytes, 0);
    far.close();
  });
  CHECK(gone.kind == Kind::ended);
  const auto old = failure([](Far& far) {
    far.show(certificates().server);
    SSL_CTX_set_cipher_list(far.settings(), "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(far.settings(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(far.settings(), TLS1_1_VERSION);
    far.accept();
  });
  CHECK(old.kind == Kind::old_version);
}

TEST_CASE("tls client: an own certificate is shown to a server that asks") {
  auto settings = trusting();
  std::string seen;
  const auto meet = [&] {
    return handshake(net::TlsClient(settings, "postgresql"), TLS_server_method(), [&](Far& far) {
      far.show(certificates().server);
      SSL_CTX_load_verify_file(far.settings(), certificates().authority.file().c_str());
      SSL_CTX_set_verify(far.settings(), SSL_VERIFY_PEER, nullptr);
      seen = far.accept() && SSL_get0_peer_certificate(far.session()) ? "a certificate" : "none";
    });
  };
  CHECK_FALSE(meet());
  CHECK(seen == "none");
  settings.certificate = certificates().guest.certificate;
  settings.key = certificates().guest.key;
  CHECK_FALSE(meet());
  CHECK(seen == "a certificate");
}

std::optional<net::TlsFailure> meet_client(const net::TlsServer& role,
                                           const std::function<void(Far&)>& prepare) {
  return handshake(role, TLS_client_method(), [&](Far& far) {
    prepare(far);
    far.connect();
    far.read(1);
  });
}

TEST_CASE("tls server: clients and their certificates") {
  const auto& made = certificates();
  const auto open = server_role(made.server);
  const auto closed = server_role(made.server, made.authority.file());
  const auto reason = [](const net::TlsServer& role, const std::function<void(Far&)>& prepare) {
    const auto failure = meet_client(role, prepare);
    return failure ? failure->reason : "";
  };
  CHECK(reason(open, [](Far&) {}).empty());
  CHECK(reason(closed, [](Far&) {}) == "it showed no certificate");
  CHECK(reason(closed, [&](Far& far) { far.show(made.guest); }).empty());
  CHECK(reason(closed, [&](Far& far) { far.show(made.intruder); }) ==
        "its certificate is not accepted: unable to get local issuer certificate (CN=intruder, "
        "signed by CN=strange-ca)");
  CHECK_THAT(reason(closed, [&](Far& far) { far.show(made.expired); }),
             Catch::Contains("certificate has expired (CN=expired"));
  CHECK_THAT(
      reason(open,
             [&](Far& far) {  // does not trust us
               SSL_CTX_load_verify_file(far.settings(), made.stranger.file().c_str());
               SSL_CTX_set_verify(far.settings(), SSL_VERIFY_PEER, nullptr);
             }),
      Catch::StartsWith("it broke off the TLS handshake (") && Catch::Contains("unknown ca"));
  CHECK(meet_client(open, [](Far& far) {
          SSL_CTX_set_cipher_list(far.settings(), "ALL:@SECLEVEL=0");
          SSL_CTX_set_min_proto_version(far.settings(), TLS1_VERSION);
          SSL_CTX_set_max_proto_version(far.settings(), TLS1_1_VERSION);
        })->kind == Kind::old_version);
}

TEST_CASE("tls server: a client that offers protocols must offer ours") {
  const auto role = server_role(certificates().server);
  const auto offering = [&](const std::string& list) {
    return meet_client(role, [&](Far& far) {
      SSL_CTX_set_alpn_protos(far.settings(), reinterpret_cast<const unsigned char*>(list.data()),
                              static_cast<unsigned int>(list.size()));
    });
  };
  CHECK_FALSE(offering("\x0apostgresql"));
  CHECK_FALSE(offering("\x08http/1.1\x0apostgresql"));
  CHECK(offering("\x08http/1.1")->kind == Kind::no_agreement);
  CHECK(offering("\x0bpostgresqlx\x09postgresq")->kind == Kind::no_agreement);
}

TEST_CASE("tls server: strangers") {
  const auto role = server_role(certificates().server);
  for (const std::string_view sent :
       {"GET / HTTP/1.1\r\n\r\n"sv, "\0\0\0\x08\x04\xd2\x16\x2f junk"sv,
        "\x16\x03\x01\x7f\xff garbage that is no hello"sv, ""sv}) {
    const auto failure = handshake(role, TLS_client_method(), [&](Far& far) {
      ::send(far.descriptor(), sent.data(), sent.size(), MSG_NOSIGNAL);
      ::shutdown(far.descriptor(), SHUT_WR);
      char bytes[4096];
      while (::recv(far.descriptor(), bytes, sizeof bytes, 0) > 0) {
      }
    });
    REQUIRE(failure);
    CHECK(failure->kind == (sent.empty() ? Kind::ended : Kind::not_tls));
  }
}

TEST_CASE("tls files: every mistake names the file and what to do") {
  const auto& made = certificates();
  const auto& folder = made.folder;
  const auto mistake = [](const net::TlsServer::Files& files) -> std::string {
    try {
      net::TlsServer(files, "postgresql");
      return "";
    } catch (const net::WrongTlsFile& wrong) {
      return wrong.what();
    }
  };
  std::ofstream(folder.path("empty.pem"));
  std::ofstream(folder.path("locked.key"))
      << "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBDk\n"
         "-----END ENCRYPTED PRIVATE KEY-----\n";
  CHECK(mistake({folder.path("none.pem"), made.server.key, ""}) ==
        "the certificate " + folder.path("none.pem") +
            " cannot be read (No such file or directory); give the path of a readable PEM file");
  CHECK(mistake({folder.path(""), made.server.key, ""}) ==
        "the certificate " + folder.path("") +
            " cannot be read (not a regular file); give the path of a readable PEM file");
  CHECK(mistake({folder.path("empty.pem"), made.server.key, ""}) ==
        "the certificate " + folder.path("empty.pem") +
            " cannot be used (it holds none in PEM form); it must hold the certificate and, behind "
            "it, its chain");
  CHECK(mistake({made.server.certificate, made.guest.key, ""}) ==
        "the key " + made.guest.key +
            " cannot be used (key values mismatch); give the key of the "
            "certificate " +
            made.server.certificate);
  CHECK_THAT(mistake({made.server.certificate, folder.path("locked.key"), ""}),
             Catch::EndsWith("give a private key without a passphrase"));
  CHECK_THAT(mistake({made.server.certificate, made.server.key, folder.path("empty.pem")}),
             Catch::StartsWith("the CA file " + folder.path("empty.pem") + " cannot be used"));
  CHECK(mistake({made.server.certificate, made.server.key, made.authority.file()}).empty());
  CHECK_THAT(server_role(made.server).certificate(),
             Catch::StartsWith("CN=server, valid until 20"));
}

}  // namespace
}  // namespace occam
