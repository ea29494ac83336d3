#include "proxy/upstream/line.hpp"

#include <utility>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::upstream {
namespace {

constexpr int most_asked = 5;

}  // namespace

Line::~Line() {
  if (!stream_) return;
  std::string goodbye;
  wire::frontend::append_terminate(goodbye);
  net::Error ignored;
  stream_->write_now(goodbye, ignored);
  stream_->close();
}

std::optional<Failure> Line::connect(const Target& target, wire::LoginRequest request) {
  std::optional<Outcome> outcome;
  Connector::start(io_.get_executor(), target, std::move(request),
                   [&outcome](Outcome found) { outcome = std::move(found); });
  io_.run();
  if (auto* failure = std::get_if<Failure>(&*outcome)) return std::move(*failure);
  auto& connected = std::get<Connected>(*outcome);
  stream_ = std::move(connected.stream);
  framer_ = std::move(connected.framer);
  parameters_ = std::move(connected.parameters);
  return std::nullopt;
}

Answer Line::ask(std::string_view sql) {
  auto answer = ask_once(sql);
  for (int asked = 1; answer.code == "40001" && asked < most_asked; ++asked) answer = ask_once(sql);
  return answer;
}

Answer Line::ask_once(std::string_view sql) {
  std::string question;
  wire::frontend::append_query(question, sql);
  wait([&](auto done) { stream_->write(question, done); });
  Answer answer;
  try {
    for (;;) {
      while (const auto frame = framer_->next())
        if (take(*frame, answer)) return answer;
      const auto room = framer_->space();
      framer_->filled(wait([&](auto done) { stream_->read_some(room, done); }));
    }
  } catch (const wire::ProtocolViolation& violation) {
    throw LineLost(violation.what());
  } catch (const LineLost&) {
    if (!answer.failed()) throw;
    throw LineLost("it ended the session: " + answer.error());
  }
}

template <class Operation>
std::size_t Line::wait(Operation operation) {
  std::optional<net::Error> result;
  std::size_t moved = 0;
  operation([&](net::Error error, std::size_t count) {
    result = error;
    moved = count;
  });
  io_.restart();
  io_.run_for(patience_);
  if (!result) {
    stream_->close();
    io_.run();  // the operation ends, and lets go of what it holds
    throw LineLost("it did not answer in time");
  }
  if (*result) throw LineLost("it closed the connection");
  return moved;
}

bool Line::take(const wire::Frame& frame, Answer& answer) {
  using Type = wire::backend::Type;
  switch (static_cast<Type>(frame.type)) {
    case Type::data_row: {
      auto& row = answer.rows.emplace_back();
      for (const auto& value : wire::backend::decode_data_row(frame.body()))
        row.emplace_back(value.value_or(""));
      return false;
    }
    case Type::error_response: {
      const auto error = wire::backend::decode_error(frame.body());
      answer.code = error.code;
      answer.message = error.message;
      return false;
    }
    case Type::ready_for_query:
      return true;
    default:
      return false;
  }
}

}  // namespace occam::upstream
