#include "proxy/relay/group.hpp"

#include <algorithm>

namespace occam::relay {

using rewriter::StatementKind;
using wire::frontend::Type;

namespace {

// What a session keeps of a buffer that was needed once.
constexpr std::size_t spare_bytes = std::size_t{64} * 1024;

// Not if the client declares a parameter of that number, which its text does not have.
bool hides_parameter(const rewriter::Rewrite& rewrite, std::string_view types) {
  if (!rewrite.rows || rewrite.rows->hidden == 0) return false;
  const std::size_t declared = static_cast<std::uint16_t>(wire::Reader(types).i16());
  return declared < rewrite.rows->hidden;
}

}  // namespace

const std::shared_ptr<const rewriter::Rewrite>& Request::text() const {
  static const std::shared_ptr<const rewriter::Rewrite> none;
  return rewrite ? rewrite : statement ? statement->rewrite : none;
}

void Group::begin(wire::backend::Status status) {
  if (bytes.capacity() > spare_bytes) bytes = std::string();
  bytes.clear();
  requests.clear();
  began = status;
  largest_value = 0;
  durable = opens = session_state = unparsed = commits_inside = extended_ = false;
  statements_ = 0;
  obstacle.reset();
  names_.clear();
  in_transaction_ = status != wire::backend::Status::idle;
  failed_ = status == wire::backend::Status::failed;
}

void Group::add(const wire::Frame& frame, rewriter::Rewriter& rewriter,
                const Statements& statements, Portals& portals) {
  const auto body = frame.body();
  const auto type = static_cast<Type>(frame.type);
  extended_ = extended_ || (type != Type::query && type != Type::function_call);
  if (type == Type::query) {
    // Run again, an error before the Query would leave the server waiting for a Sync.
    if (!requests.empty()) obstacle = NotReplayable::statement;
    add_query(wire::frontend::decode_query(body).sql, frame.bytes, rewriter);
  } else if (type == Type::parse) {
    add_parse(body, frame.bytes, rewriter, statements);
  } else {
    Request request;
    request.type = type;
    request.offset = bytes.size();
    request.length = frame.bytes.size();
    understand(request, body, statements, portals);
    bytes.append(frame.bytes);
    requests.push_back(std::move(request));
  }
}

// All messages that carry no SQL.
void Group::understand(Request& request, std::string_view body, const Statements& statements,
                       Portals& portals) {
  switch (request.type) {
    case Type::bind: {
      const auto bind = wire::frontend::decode_bind(body);
      request.statement = find(bind.statement, statements);
      largest_value = std::max(largest_value, bind.largest_value);
      portals.insert_or_assign(std::string(bind.portal), request.statement);
      return;
    }
    case Type::describe: {
      const auto describe = wire::frontend::decode_describe(body);
      request.of_statement = describe.what == 'S';
      if (request.of_statement) request.statement = find(describe.name, statements);
      return;
    }
    case Type::close:
      request.of_statement = wire::frontend::decode_close(body).what == 'S';
      if (request.of_statement) {
        names_.insert_or_assign(std::string(wire::frontend::decode_close(body).name), nullptr);
      } else if (const auto portal = portals.find(wire::frontend::decode_close(body).name);
                 portal != portals.end()) {
        portals.erase(portal);
      }
      return;
    case Type::execute: {
      const auto portal = portals.find(wire::frontend::decode_execute(body).portal);
      if (portal != portals.end()) request.statement = portal->second;
      if (request.statement) {
        note(*request.statement->rewrite);
      } else {  // prepared by SQL, or not at all
        durable = true;
        obstacle = NotReplayable::statement;
      }
      return;
    }
    case Type::function_call:
      wire::frontend::decode_function_call(body);
      durable = true;
      obstacle = NotReplayable::function_call;
      session_state = true;  // an advisory lock, say: functions have numbers here, no names
      return;
    case Type::sync:
    case Type::flush:
      wire::frontend::decode_empty(body);
      return;
    case Type::query:
    case Type::parse:
    case Type::copy_data:
    case Type::copy_done:
    case Type::copy_fail:
    case Type::password:
    case Type::terminate:
      throw wire::ProtocolViolation("message out of place");
  }
}

void Group::add_query(std::string_view sql, std::string_view whole, rewriter::Rewriter& rewriter) {
  Request request;
  request.type = Type::query;
  request.rewrite = rewriter.rewrite(sql);
  request.offset = bytes.size();
  const bool alone = began == wire::backend::Status::idle && requests.empty();
  request.refused = refuses(*request.rewrite) && !(request.rewrite->plan && alone);
  names_.insert_or_assign("", nullptr);  // PostgreSQL manual: a Query destroys it
  if (request.refused) {
    wire::frontend::append_query(bytes, refused_text);
  } else if (request.rewrite->changed) {
    wire::frontend::append_query(bytes, request.rewrite->text);
  } else {
    bytes.append(whole);
  }
  request.length = bytes.size() - request.offset;
  if (!request.rewrite->refusal) note(*request.rewrite);
  requests.push_back(std::move(request));
}

void Group::add_parse(std::string_view body, std::string_view whole, rewriter::Rewriter& rewriter,
                      const Statements& statements) {
  const auto parse = wire::frontend::decode_parse(body);
  auto definition = std::make_shared<Definition>();
  definition->name = parse.name;
  definition->rewrite = rewriter.rewrite(parse.sql);
  const auto& rewrite = *definition->rewrite;
  const bool refused = refuses(rewrite);
  definition->hides_parameter = hides_parameter(rewrite, parse.types);
  const auto& text = definition->hides_parameter ? rewrite.rows->parse_text : rewrite.text;
  if (refused) {
    wire::frontend::append_parse(definition->parse, {parse.name, refused_text, parse.types});
  } else if (rewrite.changed || definition->hides_parameter) {
    // At once, as the message that came would be copied.
    definition->parse.reserve(whole.size() + text.size() - parse.sql.size());
    wire::frontend::append_parse(definition->parse, {parse.name, text, parse.types});
  } else {
    definition->parse = whole;
  }
  Request request;
  request.type = Type::parse;
  request.refused = refused && !(rewrite.plan && began == wire::backend::Status::idle);
  request.offset = bytes.size();
  request.length = definition->parse.size();
  if (!parse.name.empty()) request.existing = find(parse.name, statements);
  request.rewrite = definition->rewrite;
  bytes.append(definition->parse);
  names_.insert_or_assign(definition->name, definition);
  request.statement = std::move(definition);
  requests.push_back(std::move(request));
}

// While a transaction is failed the server answers 25P02 by itself, to all but a text that ends it.
bool Group::refuses(const rewriter::Rewrite& rewrite) const {
  if (!rewrite.refusal) return false;
  if (!failed_ || rewrite.statements.empty()) return !failed_;
  const auto first = rewrite.statements[0].kind;
  return first == StatementKind::rollback || first == StatementKind::commit;
}

// What executing the text means for the group, statement by statement: a BEGIN makes what follows
// undoable.
void Group::note(const rewriter::Rewrite& rewrite) {
  if (!rewrite.parsed && !rewrite.text.empty()) {  // it may be anything, a CALL too
    durable = unparsed = true;
    obstacle = NotReplayable::statement;
  }
  statements_ += rewrite.statements.size();
  for (const auto& statement : rewrite.statements) {
    session_state = session_state || (statement.holds_session_state && !statement.setting);
    switch (statement.kind) {
      case StatementKind::begin:
        in_transaction_ = opens = true;
        break;
      case StatementKind::commit:
        durable = durable || !failed_;  // of a failed transaction it is a ROLLBACK
        failed_ = false;
        in_transaction_ = statement.chain;
        break;
      case StatementKind::prepared_transaction:  // ends at once, whatever follows in its group
        durable = true;
        in_transaction_ = false;
        obstacle = NotReplayable::statement;
        break;
      case StatementKind::rollback:
        failed_ = false;
        in_transaction_ = statement.chain;
        break;
      case StatementKind::procedure:
      case StatementKind::unknown:
        commits_inside = true;
        [[fallthrough]];
      case StatementKind::maintenance:
        durable = true;
        obstacle = NotReplayable::statement;
        break;
      case StatementKind::deallocate:
      case StatementKind::deallocate_all:
      case StatementKind::discard:
      case StatementKind::sql_prepare:
        obstacle = NotReplayable::statement;
        break;
      case StatementKind::copy:
        obstacle = NotReplayable::copy;
        durable = durable || !in_transaction_;
        break;
      case StatementKind::read:
        break;
      case StatementKind::set:  // a setting goes with its connection, and is made again on another
        durable = durable || (!in_transaction_ && !statement.setting);
        break;
      case StatementKind::savepoint:
      case StatementKind::write:
      case StatementKind::ddl:
      case StatementKind::sql_execute:
      case StatementKind::cursor:
      case StatementKind::listen:
        durable = durable || !in_transaction_;
        break;
    }
  }
}

bool Group::extended() const { return extended_; }

bool Group::complete() const {
  if (requests.empty()) return false;
  const auto last = requests.back().type;
  return last == Type::sync || last == Type::query || last == Type::function_call;
}

void Group::forget_requests() {
  bytes.clear();
  requests.clear();
  names_.clear();
}

bool Group::synced() const { return !requests.empty() && requests.back().type == Type::sync; }

std::string_view Group::name_of(const Request& close) const {
  return wire::frontend::decode_close(body(close)).name;
}

DefinitionPtr Group::find(std::string_view name, const Statements& statements) const {
  const auto here = names_.find(name);
  return here == names_.end() ? statements.find(name) : here->second;
}

// A statement that fails leaves nothing; those before it may have. A text that is no SQL at all to
// the server leaves nothing either.
bool Group::may_leave_state(bool failed, bool syntax_error) const {
  return (session_state && (!failed || commits_inside || statements_ > 1)) ||
         (unparsed && !syntax_error);
}

bool Group::may_open() const {
  const auto begins = [](const rewriter::Statement& statement) {
    return statement.kind == StatementKind::begin;
  };
  return in_transaction_ ||
         std::any_of(requests.begin(), requests.end(), [&](const Request& request) {
           const auto& text = request.text();
           return text && std::any_of(text->statements.begin(), text->statements.end(), begins);
         });
}

bool Group::begins_with_rollback() const {
  for (const auto& request : requests) {
    if (request.type != Type::query && request.type != Type::execute) continue;
    const auto* rewrite = request.text().get();
    return rewrite != nullptr && !rewrite->statements.empty() &&
           rewrite->statements[0].kind == StatementKind::rollback && !rewrite->statements[0].chain;
  }
  return false;
}

namespace {

bool has_plan(const DefinitionPtr& definition) {
  return definition && definition->rewrite->plan != nullptr;
}

}  // namespace

bool Group::stepped() const {
  if (began != wire::backend::Status::idle || !complete()) return false;
  std::size_t executed = 0;
  bool any = false;
  for (const auto& request : requests) {
    switch (request.type) {
      case Type::query:
        if (!request.rewrite->plan) return false;
        ++executed;
        break;
      case Type::parse:
      case Type::bind:
      case Type::execute:
        if (!has_plan(request.statement)) return false;
        executed += request.type == Type::execute ? 1 : 0;
        break;
      case Type::describe:
        if (request.of_statement && !has_plan(request.statement)) return false;
        continue;
      case Type::close:
      case Type::sync:
        continue;
      case Type::flush:
      case Type::function_call:
      case Type::copy_data:
      case Type::copy_done:
      case Type::copy_fail:
      case Type::password:
      case Type::terminate:
        return false;
    }
    any = true;
  }
  return any && executed <= 1;
}

const rewriter::Rewrite* Group::planned() const {
  for (const auto& request : requests) {
    if (request.type == Type::query) return request.rewrite.get();
    if (request.type == Type::execute) return request.statement->rewrite.get();
  }
  return nullptr;
}

std::shared_ptr<const rewriter::Rewrite> Group::executed_last() const {
  if (began != wire::backend::Status::idle || !complete() || statements_ != 1) return nullptr;
  if (requests.back().type == Type::query) {
    return requests.size() == 1 ? requests.back().rewrite : nullptr;
  }
  if (requests.size() < 2 || requests.back().type != Type::sync) return nullptr;
  const auto& last = requests[requests.size() - 2];
  return last.type == Type::execute && last.statement ? last.statement->rewrite : nullptr;
}

// Only what rolls the transaction back: if the upstream is gone, that has happened.
bool Group::rolls_back() const {
  bool any = false;
  for (const auto& request : requests) {
    if (request.type != Type::query && request.type != Type::execute) continue;
    const auto* rewrite = request.text().get();
    if (rewrite == nullptr || rewrite->statements.size() != 1) return false;
    const auto& statement = rewrite->statements[0];
    if (statement.kind != StatementKind::rollback || statement.chain) return false;
    any = true;
  }
  return any && complete();
}

}  // namespace occam::relay
