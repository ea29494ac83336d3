#include "proxy/database_inquiry.hpp"

#include <utility>

#include "proxy/wire/frame.hpp"

namespace occam {
DatabaseInquiry::DatabaseInquiry(std::unique_ptr<pool::Connection> connection,
                                 const std::string& schema, Done done)
    : connection_(std::move(connection)), schema_(schema), done_(std::move(done)) {}

void DatabaseInquiry::start() {
  auto& peer = *connection_->peer;
  peer.belong_to(std::shared_ptr<Peer::Owner>(shared_from_this(), this));
  std::string question;
  schema_.ask(question);
  connection_->session.statements.simple_query();
  peer.send(question);
  peer.read();
}

std::unique_ptr<pool::Connection> DatabaseInquiry::abandon() {
  done_ = nullptr;
  return std::move(connection_);
}

void DatabaseInquiry::on_read(Peer& peer, net::Error error) {
  if (!connection_) return;
  if (error) return end(pool::Condition::broken, {});
  try {
    std::string question;
    while (const auto frame = peer.next()) {
      const auto verdict = schema_.on_frame(*frame, question);
      if (verdict == upstream::DatabaseSchema::Verdict::more) continue;
      connection_->conflicts += schema_.conflicts();
      return end(pool::Condition::clean, schema_.error());
    }
    peer.send(question);
    peer.read();
  } catch (const wire::ProtocolViolation&) {
    end(pool::Condition::broken, {});
  }
}

void DatabaseInquiry::end(pool::Condition condition, std::string error) {
  if (const auto done = std::exchange(done_, nullptr))
    done({std::move(connection_), condition, std::move(error)});
}

}  // namespace occam
