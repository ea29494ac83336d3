#include "proxy/pool/upkeep.hpp"

#include "proxy/wire/backend.hpp"

namespace occam::pool {
namespace {

using wire::backend::Type;

// The message that answers each question before ReadyForQuery.
bool answers(Question asked, Type type) {
  switch (asked) {
    case Question::none:
      return false;
    case Question::health:
      return type == Type::empty_query_response;
    case Question::rollback:
      return type == Type::command_complete;
  }
  return false;
}

}  // namespace

Saying hear(Question asked, const wire::Frame& frame) {
  if (!frame.whole()) return Saying::unfit;
  const auto type = static_cast<Type>(frame.type);
  if (type == Type::parameter_status) return Saying::parameter;
  if (type == Type::notice_response || type == Type::notification_response || answers(asked, type))
    return Saying::idle_talk;
  if (asked == Question::none || type != Type::ready_for_query) return Saying::unfit;
  const auto status = wire::backend::decode_ready_for_query(frame.body());
  return status == wire::backend::Status::idle ? Saying::at_rest : Saying::unfit;
}

}  // namespace occam::pool
