// The readable form of a conversation: one line per message, both ways, without loss. Golden tests,
// captures, replay and debug logs share it, e.g.
//   Parse "s1" "SELECT $1" [23]           Bind "" "s1" formats=[1] values=["a" NULL x'00ff']
//   ErrorResponse 40001 "OC000" H="..."   RowDescription "id"(oid=23 size=4) "name"
// Knows the layout of every message of protocol 3.0 (transcript_layout.hpp), never what a message
// means to a session. Pure; returns owned text.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "proxy/wire/frame.hpp"

namespace occam::trace {

// The same type byte means different messages each way.
enum class Direction { from_client, from_server };

// What may stand in the line. What is left out is written as # (for a value: # and its length).
enum class Show {
  everything,
  no_passwords,  // no password, no SASL answer of the client
  no_values,     // nor parameter values, rows, COPY data and texts of errors: for logs
};

// A line that is no message. The column counts bytes from 1.
class BadLine : public std::runtime_error {
 public:
  BadLine(const std::string& what, std::size_t column)
      : std::runtime_error(what + " at column " + std::to_string(column)), column_(column) {}
  std::size_t column() const { return column_; }

 private:
  std::size_t column_;
};

// One whole message as a line, without a line end. A body that does not fit its type becomes
// Unknown 'Q' x'...'; a piece of a message (Frame::whole() is false) becomes Piece 'D' #n.
std::string render(const wire::Frame& frame, Direction direction, Show show = Show::no_passwords);

// A startup packet, length word included: StartupMessage, SSLRequest, GSSENCRequest, CancelRequest.
std::string render_startup(std::string_view packet);

// The message's bytes, head included. parse(render(m, d, Show::everything)) == m for every m.
// Defaults that a writer may leave out: lists that are empty, severity (ERROR, or NOTICE), a
// column's numbers (oid=25 size=-1 modifier=-1, the others 0). Throws BadLine.
std::string parse(std::string_view line);

}  // namespace occam::trace
