// Exchange before anything is answered: what is sent for a group, and what is awaited for it.
#include "proxy/relay/exchange.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using Frontend = wire::frontend::Type;

void Exchange::begin(Group& group, Statements& statements, bool digested, std::string& to_server) {
  group_ = &group;
  prepared_ = &statements;
  digested_ = digested;
  steps_.clear();
  done_.clear();
  cursor_ = in_query_ = 0;
  conflict_.reset();
  reached_ = group.began;
  failed_ = syntax_error_ = stranded_ = committed_ = in_message_ = masked_ = false;
  limit_.reset();
  rows_modified_ = 0;
  watches_.clear();
  row_.clear();
  in_row_.reset();
  refusal_ = nullptr;
  own_failed_ = false;
  // In a failed transaction nothing is locked any more, and nothing will be committed.
  if (group.began != wire::backend::Status::in_transaction) {
    rows_.end();
  } else if (!rows_.open()) {
    rows_.begin();
  }
  if (digested_) digester_.reset();
  for (std::size_t i = 0; i < group.requests.size(); ++i) plan(i, to_server);
}

void Exchange::extend(std::string& to_server) { plan(group_->requests.size() - 1, to_server); }

void Exchange::forget_answered() {
  steps_.clear();
  watches_.clear();
  cursor_ = 0;
  group_->forget_requests();
}

void Exchange::plan(std::size_t index, std::string& to_server) {
  auto& request = group_->requests[index];
  const auto message = group_->message(request);
  const auto send = [&](Kind kind) {
    to_server.append(message);
    steps_.push_back({kind, Answer::forward, index});
  };
  switch (request.type) {
    case Frontend::parse:
      plan_parse(index, to_server);
      return;
    case Frontend::bind:
      plan_bind(index, to_server);
      return;
    case Frontend::describe:
      if (request.of_statement) make_sure(request.statement, index, to_server);
      send(request.of_statement ? Kind::describe_statement : Kind::describe_row);
      return;
    case Frontend::execute:
      plan_execute(index, to_server);
      return;
    case Frontend::close:
      if (request.done) {
        steps_.push_back({Kind::close, Answer::invent, index});
        return;
      }
      send(Kind::close);
      if (request.of_statement) {
        const auto name = group_->name_of(request);
        steps_.back().fresh = prepared_->upstream(name) == Statements::Upstream::absent;
        prepared_->upstream_closed(name);
      }
      return;
    case Frontend::query:
      plan_query(index, to_server);
      return;
    case Frontend::function_call:
      send(Kind::query);
      return;
    case Frontend::sync:
      send(Kind::sync);
      return;
    case Frontend::flush:
      to_server.append(message);
      return;
    case Frontend::copy_data:
    case Frontend::copy_done:
    case Frontend::copy_fail:
    case Frontend::password:
    case Frontend::terminate:
      return;  // never part of a group
  }
}

void Exchange::plan_parse(std::size_t index, std::string& to_server) {
  const auto& request = group_->requests[index];
  const auto& definition = request.statement;
  if (request.done) {
    steps_.push_back({Kind::parse, Answer::invent, index});
    return;
  }
  if (request.existing) {
    make_sure(request.existing, index, to_server);
  } else if (!definition->name.empty() &&
             prepared_->upstream(definition->name) != Statements::Upstream::absent) {
    plan_close(definition->name, index, to_server);
  }
  const bool fresh = prepared_->upstream(definition->name) == Statements::Upstream::absent;
  prepared_->upstream_parsed(definition);
  to_server.append(group_->message(request));
  steps_.push_back({Kind::parse, Answer::forward, index, fresh});
}

void Exchange::plan_close(const std::string& name, std::size_t index, std::string& to_server) {
  wire::frontend::append_close(to_server, {'S', name});
  steps_.push_back({Kind::close, Answer::drop, index});
}

void Exchange::make_sure(const DefinitionPtr& definition, std::size_t index, std::string& to_server,
                         const Definition* own) {
  if (!definition || prepared_->upstream_holds(definition)) return;
  const bool fresh = prepared_->upstream(definition->name) == Statements::Upstream::absent;
  if (!definition->name.empty() && !fresh) plan_close(definition->name, index, to_server);
  to_server.append(definition->parse);
  steps_.push_back({Kind::parse, Answer::drop, index, fresh, own});
  prepared_->upstream_parsed(definition);
}

}  // namespace occam::relay
