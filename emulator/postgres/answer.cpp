#include "emulator/postgres/answer.hpp"

#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"

namespace emulator {
namespace {

namespace wire = occam::wire;
namespace backend = occam::wire::backend;

constexpr char type_of(backend::Type type) { return static_cast<char>(type); }

}  // namespace

bool Answer::add(char type, std::string_view message) {
  const auto body = message.substr(wire::header_bytes);
  if (type == type_of(backend::Type::ready_for_query)) {
    status = static_cast<char>(backend::decode_ready_for_query(body));
    return true;
  }
  if (type == type_of(backend::Type::error_response)) {
    failed = true;
    code = backend::decode_error(body).code;
    error_at = frames.size();
  }
  frames.append(message);
  copy_in = type == type_of(backend::Type::copy_in_response);
  return copy_in;
}

std::size_t Answer::count(char type) const {
  std::size_t found = 0;
  for (const auto& message : messages(frames)) found += message.type == type;
  return found;
}

std::string_view Answer::tag() const {
  std::string_view last;
  for (const auto& message : messages(frames))
    if (message.type == type_of(backend::Type::command_complete))
      last = backend::decode_command_complete(message.bytes.substr(wire::header_bytes));
  return last;
}

std::vector<Message> messages(std::string_view frames) {
  std::vector<Message> list;
  while (!frames.empty()) {
    wire::Reader length(frames.substr(1));
    const auto size = static_cast<std::size_t>(length.i32()) + 1;
    list.push_back({frames.front(), frames.substr(0, size)});
    frames.remove_prefix(size);
  }
  return list;
}

Slice slice(std::string_view frames, std::int32_t max_rows) {
  Slice parts;
  std::int32_t told = 0;
  std::size_t offset = 0;
  for (const auto& message : messages(frames)) {
    if (max_rows > 0 && told == max_rows) {
      backend::append_empty(parts.now, backend::Type::portal_suspended);
      parts.later = frames.substr(offset);
      return parts;
    }
    offset += message.bytes.size();
    const bool selects = message.type == type_of(backend::Type::command_complete) &&
                         backend::decode_command_complete(message.bytes.substr(wire::header_bytes))
                             .starts_with("SELECT ");
    if (selects)
      backend::append_command_complete(parts.now, "SELECT " + std::to_string(told));
    else
      parts.now.append(message.bytes);
    told += message.type == type_of(backend::Type::data_row);
  }
  return parts;
}

void append_error(std::string& out, const Refusal& refusal) {
  backend::append_error(out,
                        {"ERROR", refusal.code, refusal.message, refusal.detail, refusal.hint});
}

void replace_error(Answer& answer, const Refusal& refusal) {
  answer.frames.resize(answer.error_at);
  append_error(answer.frames, refusal);
  answer.code = refusal.code;
  answer.rule = refusal.rule;
}

void take_back(Answer& answer, const Refusal& refusal) {
  replace_last_tag(answer.frames, refusal);
  answer.failed = true;
  answer.code = refusal.code;
  answer.rule = refusal.rule;
}

void replace_tag(Answer& answer, std::string_view tag) {
  std::string frames;
  for (const auto& message : messages(answer.frames))
    if (message.type == type_of(backend::Type::command_complete))
      backend::append_command_complete(frames, tag);
    else
      frames.append(message.bytes);
  answer.frames = std::move(frames);
}

std::string error_message(const Answer& answer) {
  for (const auto& message : messages(answer.frames))
    if (message.type == type_of(backend::Type::error_response))
      return std::string(backend::decode_error(message.bytes.substr(wire::header_bytes)).message);
  return {};
}

namespace {

void cut_last_tag(std::string& frames) {
  std::size_t keep = frames.size();
  std::size_t offset = 0;
  for (const auto& message : messages(frames)) {
    if (message.type == type_of(backend::Type::command_complete)) keep = offset;
    offset += message.bytes.size();
  }
  frames.resize(keep);
}

}  // namespace

void replace_last_tag(std::string& frames, const Refusal& refusal) {
  cut_last_tag(frames);
  append_error(frames, refusal);
}

void put_error(std::string& frames, const Answer& error) {
  cut_last_tag(frames);
  frames.append(error.frames);
}

void replace_origins(std::string& frames, const std::map<Origin, Origin>& origins) {
  constexpr std::size_t type_size_modifier_format = 12;
  std::string changed;
  for (const auto& message : messages(frames)) {
    if (message.type != type_of(backend::Type::row_description)) {
      changed.append(message.bytes);
      continue;
    }
    wire::Reader reader(message.bytes.substr(wire::header_bytes));
    changed.append(message.bytes.substr(0, wire::header_bytes));  // the length stays
    auto fields = reader.i16();
    wire::append_i16(changed, fields);
    for (; fields > 0; --fields) {
      changed.append(reader.cstring()).push_back('\0');
      Origin origin;
      origin.first = reader.i32();
      origin.second = reader.i16();
      const auto known = origins.find(origin);
      if (known != origins.end()) origin = known->second;
      wire::append_i32(changed, origin.first);
      wire::append_i16(changed, origin.second);
      changed.append(reader.take(type_size_modifier_format));
    }
  }
  frames = std::move(changed);
}

std::vector<std::vector<std::string>> rows(const Answer& answer) {
  std::vector<std::vector<std::string>> table;
  for (const auto& message : messages(answer.frames)) {
    if (message.type != type_of(backend::Type::data_row)) continue;
    wire::Reader reader(message.bytes.substr(wire::header_bytes));
    auto& row = table.emplace_back();
    for (auto columns = reader.i16(); columns > 0; --columns) {
      const auto length = reader.i32();
      row.emplace_back(length < 0 ? "" : reader.take(static_cast<std::size_t>(length)));
    }
  }
  return table;
}

}  // namespace emulator
