// TLS on a connection, against a server in this process that is driven by OpenSSL itself.
#include "wire/tls.h"

#include <array>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include "target/profile.h"
#include "wire/client_hello.h"
#include "wire/connection.h"
#include "wire/throwaway_certificates.h"

namespace md5spec {
namespace {

using namespace std::chrono_literals;
using Kind = Event::Kind;
using Opened = Connection::Opened;

const CertificateFiles& files() { return throwaway_certificates("localhost"); }

// The server's side of one connection, in a thread of its own. Blocks, but no longer than 10 s.
class Server {
 public:
  using Behave = std::function<void(SSL*, int socket)>;

  explicit Server(Behave behave, int latest = TLS1_3_VERSION,
                  const CertificateFiles& shown = files())
      : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), latest);
    SSL_CTX_use_certificate_file(context_.get(), shown.certificate.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context_.get(), shown.key.c_str(), SSL_FILETYPE_PEM);
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, any, size), 0);
    EXPECT_EQ(listen(listener_, 4), 0);
    getsockname(listener_, any, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this, does = std::move(behave)] { serve(does); });
  }
  ~Server() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }

  asio::ip::tcp::endpoint endpoint() const {
    return {asio::ip::address_v4::loopback(), static_cast<asio::ip::port_type>(port_)};
  }

 private:
  void serve(const Behave& behave) {
    const int peer = accept(listener_, nullptr, nullptr);
    if (peer < 0) return;
    const timeval patience{10, 0};
    setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(ssl.get(), peer);
    SSL_set_accept_state(ssl.get());
    behave(ssl.get(), peer);
    close(peer);
  }

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  int listener_ = -1;
  int port_ = 0;
  std::jthread thread_;
};

// Reads to the end of stream; returns whether that was close_notify.
bool read_all(SSL* ssl, std::string* bytes) {
  std::array<char, 65536> room{};
  int count = 0;
  while ((count = SSL_read(ssl, room.data(), static_cast<int>(room.size()))) > 0)
    bytes->append(room.data(), static_cast<std::size_t>(count));
  return SSL_get_error(ssl, count) == SSL_ERROR_ZERO_RETURN;
}

void answer_at_close_notify(SSL* ssl, int) {
  std::string message;
  const bool in_order = read_all(ssl, &message);
  const std::string reply = (in_order ? "whole " : "cut off ") + std::to_string(message.size());
  SSL_write(ssl, reply.data(), static_cast<int>(reply.size()));
  SSL_shutdown(ssl);
}

void ignore(SSL*, int) {}

class TlsTest : public testing::Test {
 protected:
  using Story = std::function<asio::awaitable<void>(Connection&)>;

  void with(const Server& server, Story story, Duration patience = 5s) {
    connection.reset();
    context_ = std::make_unique<asio::io_context>(1);
    transcript.connections.resize(1);
    recorder_ = std::make_unique<Recorder>(transcript);
    options.ca = options.ca.empty() ? files().authority : options.ca;
    connection = std::make_shared<Connection>(
        context_->get_executor(), *recorder_, 0,
        Connection::Options(0, 1 << 20, kept ? kept : std::make_shared<const TlsContext>(options)));
    asio::co_spawn(*context_, run(*connection, server.endpoint(), std::move(story), patience),
                   [](const std::exception_ptr& thrown) {
                     if (thrown) std::rethrow_exception(thrown);
                   });
    context_->run();
  }

  const Event* first(Kind kind) const {
    for (const Event& event : transcript.events) {
      if (event.kind == kind) return &event;
    }
    return nullptr;
  }

  static asio::awaitable<void> until_the_end(Connection& one) {
    const Deadline deadline = Clock::now() + 10s;
    while (!one.ended() && Clock::now() < deadline) co_await one.activity(deadline);
  }

  static asio::awaitable<void> nothing(Connection&) { co_return; }

  Transcript transcript;
  TlsOptions options;
  std::shared_ptr<const TlsContext> kept;  // for several connections; empty: each has its own

 private:
  // The connection needs both to the last.
  std::unique_ptr<asio::io_context> context_;
  std::unique_ptr<Recorder> recorder_;

 protected:
  std::shared_ptr<Connection> connection;
  Opened opened = Opened::kOwnLimit;

 private:
  asio::awaitable<void> run(Connection& one, asio::ip::tcp::endpoint server, Story story,
                            Duration patience) {
    opened = co_await one.open(server, Clock::now() + patience);
    if (opened == Opened::kYes) co_await story(one);
    co_await one.finish();
  }
};

TEST_F(TlsTest, GoesOnReadingAfterItsCloseNotify) {
  const Server server(answer_at_close_notify);
  with(server, [](Connection& one) -> asio::awaitable<void> {
    EXPECT_TRUE(one.secured());
    EXPECT_TRUE(one.has_half_close());
    one.start_reading();
    const bool sent = co_await one.send("hello", 1s, Clock::now() + 5s);
    EXPECT_TRUE(sent);
    one.half_close();
    co_await until_the_end(one);
    EXPECT_EQ(one.received(), "whole 5");
  });
  EXPECT_EQ(first(Kind::kSecured)->data, "TLSv1.3");
  EXPECT_EQ(first(Kind::kSend)->bytes, 5U);
  EXPECT_EQ(first(Kind::kPeerEnd)->data, "with close_notify");
  EXPECT_EQ(first(Kind::kFin), nullptr);
}

TEST_F(TlsTest, AFinTellsTheServerThatItsStreamIsCut) {
  const Server server(answer_at_close_notify);
  with(server, [](Connection& one) -> asio::awaitable<void> {
    one.start_reading();
    co_await one.send("hello", 1s, Clock::now() + 5s);
    one.fin();
    EXPECT_TRUE(one.half_closed());
    co_await until_the_end(one);
  });
  EXPECT_EQ(connection->received(), "");  // OpenSSL itself lets nothing be written any more
  EXPECT_NE(first(Kind::kFin), nullptr);
  EXPECT_EQ(first(Kind::kHalfClose), nullptr);
}

TEST_F(TlsTest, TellsTheServersEndWithoutCloseNotifyFromOneWith) {
  const Server server([](SSL* ssl, int) {
    SSL_do_handshake(ssl);
    SSL_write(ssl, "bye", 3);
  });
  with(server, [](Connection& one) -> asio::awaitable<void> {
    one.start_reading();
    co_await until_the_end(one);
    EXPECT_EQ(one.received(), "bye");
  });
  EXPECT_EQ(first(Kind::kPeerEnd)->data, "without close_notify");
}

TEST_F(TlsTest, SendsEachPieceAsARecordOfItsOwn) {
  std::string sizes;
  {
    const Server server([&](SSL* ssl, int) {
      std::array<char, 65536> room{};
      int count = 0;
      while ((count = SSL_read(ssl, room.data(), static_cast<int>(room.size()))) > 0)
        sizes += std::to_string(count) + " ";
    });
    with(server, [](Connection& one) -> asio::awaitable<void> {
      const std::string largest(kMostInRecord, 'x');
      const std::string larger(kMostInRecord + 1, 'x');
      const Deadline deadline = Clock::now() + 10s;
      co_await one.send("a", 5s, deadline);
      co_await one.send("bc", 5s, deadline);
      co_await one.send(largest, 5s, deadline);
      co_await one.send(larger, 5s, deadline);
      EXPECT_EQ(one.sent(), 3 + 2 * kMostInRecord + 1);
    });
  }
  EXPECT_EQ(sizes, "1 2 16384 16384 1 ");
}

TEST_F(TlsTest, AServerThatStopsTakingEndsTheSend) {
  std::promise<void> left;
  const Server server([&](SSL* ssl, int) {
    SSL_do_handshake(ssl);
    left.get_future().wait();
  });
  with(server, [](Connection& one) -> asio::awaitable<void> {
    const std::string much(64 << 20, 'x');
    const bool sent = co_await one.send(much, 50ms, Clock::now() + 1h, Connection::OnStall::kStop);
    EXPECT_FALSE(sent);
    EXPECT_LT(one.sent(), much.size());
    EXPECT_EQ(one.sent() % kMostInRecord, 0U);
    one.reset();
  });
  left.set_value();
}

TEST_F(TlsTest, AgreesToTls12ButNoEarlier) {
  {
    const Server server(answer_at_close_notify, TLS1_2_VERSION);
    with(server, [](Connection& one) -> asio::awaitable<void> {
      EXPECT_FALSE(one.has_half_close());
      co_return;
    });
    EXPECT_EQ(first(Kind::kSecured)->data, "TLSv1.2");
  }
  transcript = Transcript();
  const Server old([](SSL* ssl, int) { SSL_do_handshake(ssl); }, TLS1_1_VERSION);
  with(old, nothing);
  EXPECT_EQ(opened, Opened::kNoHandshake);
}

TEST_F(TlsTest, TakesNoCertificateForAnotherName) {
  options.server_name = "elsewhere.test";
  const Server server([](SSL* ssl, int) { SSL_do_handshake(ssl); });
  with(server, nothing);
  EXPECT_EQ(opened, Opened::kNoHandshake);
  EXPECT_EQ(first(Kind::kHandshakeFailed)->came, Event::Came::kUntrusted);
  EXPECT_NE(connection->handshake_error().find("hostname mismatch"), std::string::npos)
      << connection->handshake_error();
}

TEST_F(TlsTest, TakesNoCertificateOfAnAuthorityThatItDoesNotKnow) {
  options.ca = throwaway_certificates("another.test").authority;
  const Server server([](SSL* ssl, int) { SSL_do_handshake(ssl); });
  with(server, nothing);
  EXPECT_EQ(opened, Opened::kNoHandshake);
}

TEST_F(TlsTest, AValidCertificateMakesNoOtherOneValid) {
  options.ca = files().authority;
  kept = std::make_shared<const TlsContext>(options);
  const auto shows = [&](const CertificateFiles& shown) {
    const Server server([](SSL* ssl, int) { SSL_do_handshake(ssl); }, TLS1_3_VERSION, shown);
    with(server, nothing);
    return opened;
  };
  EXPECT_EQ(shows(files()), Opened::kYes);
  EXPECT_EQ(shows(files()), Opened::kYes);
  EXPECT_EQ(shows(throwaway_certificates("another.test")), Opened::kNoHandshake);
  EXPECT_EQ(shows(files()), Opened::kYes);
}

TEST_F(TlsTest, TakesAnyCertificateWhereItIsNotToVerify) {
  options.server_name = "elsewhere.test";
  options.verify = false;
  const Server server([](SSL* ssl, int) { SSL_do_handshake(ssl); });
  with(server, nothing);
  EXPECT_EQ(opened, Opened::kYes);
}

TEST_F(TlsTest, AHandshakeThatNobodyTakesPartInEndsWithItsDeadline) {
  const Server server([](SSL*, int socket) {
    std::array<char, 4096> room{};
    while (recv(socket, room.data(), room.size(), 0) > 0) {
    }
  });
  with(server, nothing, 200ms);
  EXPECT_EQ(opened, Opened::kNoHandshake);
  EXPECT_EQ(first(Kind::kHandshakeFailed)->came, Event::Came::kTimeout);
}

TEST_F(TlsTest, AHandshakeEndsWithTheConnection) {
  const Server server(ignore);
  with(server, nothing);
  EXPECT_EQ(opened, Opened::kNoHandshake);
  EXPECT_EQ(first(Kind::kHandshakeFailed)->came, Event::Came::kEnded);
}

TEST_F(TlsTest, WhatIsNoTlsIsNoHandshake) {
  const Server server([](SSL*, int socket) {
    std::array<char, 4096> room{};
    recv(socket, room.data(), room.size(), 0);
    send(socket, "500 what?\r\n", 11, MSG_NOSIGNAL);
    recv(socket, room.data(), room.size(), 0);
  });
  with(server, nothing);
  EXPECT_EQ(opened, Opened::kNoHandshake);
  EXPECT_EQ(first(Kind::kHandshakeFailed)->came, Event::Came::kUnexpected);
}

TEST_F(TlsTest, ARefusalThatComesOnlyOnceTheClientIsDoneIsAFailedHandshakeToo) {
  const Server server([](SSL* ssl, int) {
    SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_do_handshake(ssl);
  });
  with(server, [](Connection& one) -> asio::awaitable<void> {
    one.start_reading();
    co_await until_the_end(one);
    EXPECT_TRUE(one.ended());
  });
  ASSERT_NE(first(Kind::kHandshakeFailed), nullptr);
  EXPECT_NE(connection->handshake_error().find("certificate required"), std::string::npos)
      << connection->handshake_error();
}

TEST(TlsContext, SaysWhichFileItCannotUse) {
  TlsOptions options;
  options.ca = "/nowhere/ca.pem";
  try {
    const TlsContext context(options);
    FAIL() << "took it";
  } catch (const TlsSetupError& error) {
    EXPECT_NE(std::string(error.what()).find("/nowhere/ca.pem"), std::string::npos);
  }
}

// What OpenSSL makes of it, where it still knows the version.
TEST(ClientHello, IsOneThatAServerUnderstands) {
  const std::array<std::pair<const char*, int>, 3> versions = {
      {{"1.0", TLS1_VERSION}, {"1.1", TLS1_1_VERSION}, {"1.2", TLS1_2_VERSION}}};
  for (const auto& [name, number] : versions) {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_server_method()),
                                                               SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_use_certificate_file(context.get(), files().certificate.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context.get(), files().key.c_str(), SSL_FILETYPE_PEM);
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), in, out);
    const std::string hello = client_hello(name, "localhost");
    BIO_write(in, hello.data(), static_cast<int>(hello.size()));
    SSL_set_accept_state(ssl.get());
    const int result = SSL_do_handshake(ssl.get());
    EXPECT_EQ(SSL_get_error(ssl.get(), result), SSL_ERROR_WANT_READ) << name;
    EXPECT_EQ(SSL_version(ssl.get()), number) << name;
    EXPECT_STREQ(SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name), "localhost") << name;
    std::array<char, 16> answer{};
    ASSERT_GT(BIO_read(out, answer.data(), static_cast<int>(answer.size())), 11) << name;
    EXPECT_EQ(answer[0], 22) << name;
    EXPECT_EQ(answer[5], 2) << name;
    EXPECT_EQ(answer[10], number & 0xFF) << name;
  }
}

}  // namespace
}  // namespace md5spec
