// Exchange before anything is answered: what is sent for a group, and what is awaited for it.
#include "proxy/relay/exchange.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using Frontend = wire::frontend::Type;

void Exchange::serve(SessionSettings& settings, const rewriter::LimitAdvice& advice) {
  settings_ = &settings;
  advice_ = &advice;
  done_.clear();
  own_.forget_surplus();
}

void Exchange::begin(Group& group, Statements& statements, UpstreamStatements& upstream,
                     bool digested, std::string& to_server) {
  group_ = &group;
  prepared_ = &statements;
  upstream_ = &upstream;
  digested_ = digested;
  steps_.clear();
  done_.clear();
  cursor_ = in_query_ = 0;
  conflict_.reset();
  reached_ = group.began;
  failed_ = syntax_error_ = stranded_ = committed_ = in_message_ = masked_ = discarded_all_ = false;
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
  close_surplus(to_server);
  for (std::size_t i = 0; i < group.requests.size(); ++i) plan(i, to_server);
}

// While no transaction is open: nothing can keep the server from doing it.
void Exchange::close_surplus(std::string& to_server) {
  if (!group_->extended() || group_->began != wire::backend::Status::idle) return;
  while (upstream_->crowded()) plan_close(std::string(upstream_->least_used()), 0, to_server);
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
      if (request.of_statement && request.statement) {
        make_sure(request.statement, index, to_server);
      } else if (request.of_statement) {
        make_sure_of_none(group_->name_of(request), index, to_server);
      }
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
        steps_.back().fresh = upstream_->state(name) == UpstreamStatements::State::absent;
        upstream_->closed(name);
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
  auto& request = group_->requests[index];
  if (request.done) {
    steps_.push_back({Kind::parse, Answer::invent, index});
    return;
  }
  request.statement = upstream_->shared(request.statement);
  const auto& definition = request.statement;
  const bool fresh =
      !request.existing && upstream_->state(definition->name) == UpstreamStatements::State::absent;
  if (request.existing) {
    make_sure(request.existing, index, to_server);
  } else if (!definition->name.empty() && !fresh) {
    plan_close(definition->name, index, to_server);
  }
  upstream_->parsed(definition);
  to_server.append(group_->message(request));
  steps_.push_back({Kind::parse, Answer::forward, index, fresh});
}

void Exchange::plan_close(const std::string& name, std::size_t index, std::string& to_server) {
  wire::frontend::append_close(to_server, {'S', name});
  upstream_->closed(name);
  steps_.push_back({Kind::close, Answer::drop, index});
}

// The client has nothing of this name; another client may.
void Exchange::make_sure_of_none(std::string_view name, std::size_t index, std::string& to_server) {
  if (upstream_->state(name) != UpstreamStatements::State::absent)
    plan_close(std::string(name), index, to_server);
}

// PREPARE, EXECUTE and DEALLOCATE by SQL mean the client's statement of that name, or none.
void Exchange::make_sure_of_texts(const rewriter::Rewrite* rewrite, std::size_t index,
                                  std::string& to_server) {
  if (rewrite == nullptr) return;
  for (const auto& statement : rewrite->statements) {
    if (statement.name.empty()) continue;
    if (const auto definition = prepared_->find(statement.name)) {
      make_sure(definition, index, to_server);
    } else {
      make_sure_of_none(statement.name, index, to_server);
    }
  }
}

void Exchange::make_sure(const DefinitionPtr& definition, std::size_t index, std::string& to_server,
                         const Definition* own) {
  if (!definition || upstream_->holds(definition)) return;
  const bool fresh = upstream_->state(definition->name) == UpstreamStatements::State::absent;
  if (!definition->name.empty() && !fresh) plan_close(definition->name, index, to_server);
  to_server.append(definition->parse);
  steps_.push_back({Kind::parse, Answer::drop, index, fresh, own});
  upstream_->parsed(definition);
}

}  // namespace occam::relay
