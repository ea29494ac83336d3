// Asks, on a connection on loan, whether the client's database is still there: a log-in has shown
// it once, but another client may have dropped it since. Knows no client. Order of calls: start,
// then `done` once, or abandon before that. Belongs to one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "proxy/peer.hpp"
#include "proxy/pool/connection.hpp"
#include "proxy/upstream/database_schema.hpp"

namespace occam {

class DatabaseInquiry final : public std::enable_shared_from_this<DatabaseInquiry>,
                              private Peer::Owner {
 public:
  struct Seen {
    std::unique_ptr<pool::Connection> connection;
    pool::Condition condition;  // broken: it ended before it answered
    std::string error;  // a whole ErrorResponse for the client; empty: the database is there
  };
  using Done = std::function<void(Seen)>;

  DatabaseInquiry(std::unique_ptr<pool::Connection> connection, const std::string& schema,
                  Done done);
  void start();
  // The connection, in the midst of an answer; `done` will not be called.
  std::unique_ptr<pool::Connection> abandon();

 private:
  void on_read(Peer& peer, net::Error error) override;
  void on_written(Peer&) override {}
  void end(pool::Condition condition, std::string error);

  std::unique_ptr<pool::Connection> connection_;
  upstream::DatabaseSchema schema_;
  Done done_;
};

}  // namespace occam
