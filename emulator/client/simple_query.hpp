// The simple protocol: one Query message, which is one transaction unless it says otherwise.
// Cuts the text into statements where they cannot go to the server in one piece. No I/O.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "emulator/client/transactor.hpp"

namespace emulator {

class SimpleQuery {
 public:
  SimpleQuery(Transactor& transactor, Reader& reader) : transactor_(transactor), reader_(reader) {}

  // Appends all that is to be told but ReadyForQuery. True if the server now waits for COPY data.
  bool run(std::string_view sql, std::string& to_client);

 private:
  using Text = std::shared_ptr<const Parsed>;

  bool run_whole(const Text& text, std::string& to_client);
  bool run_pieces(const Text& text, std::string& to_client);
  Answer run_piece(const Text& text, const Statement& statement);

  Transactor& transactor_;
  Reader& reader_;
};

}  // namespace emulator
