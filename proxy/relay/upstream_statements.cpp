#include "proxy/relay/upstream_statements.hpp"

#include <algorithm>
#include <string>

namespace occam::relay {

UpstreamStatements::State UpstreamStatements::state(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return State::absent;
  return found->second.definition ? State::held : State::uncertain;
}

bool UpstreamStatements::holds(const DefinitionPtr& definition) {
  const auto found = entries_.find(std::string_view(definition->name));
  if (found == entries_.end() || !found->second.definition) return false;
  auto& [held, used] = found->second;
  if (held != definition && held->parse != definition->parse) return false;
  used = ++uses_;
  return true;
}

DefinitionPtr UpstreamStatements::shared(const DefinitionPtr& definition) const {
  const auto found = entries_.find(std::string_view(definition->name));
  if (found == entries_.end() || !found->second.definition) return definition;
  const auto& held = found->second.definition;
  const bool same = held->rewrite == definition->rewrite && held->parse == definition->parse &&
                    held->hides_parameter == definition->hides_parameter;
  return same ? held : definition;
}

void UpstreamStatements::parsed(const DefinitionPtr& definition) {
  entries_[definition->name] = {definition, ++uses_};
}

void UpstreamStatements::uncertain(std::string_view name) {
  entries_[std::string(name)] = {nullptr, ++uses_};
}

void UpstreamStatements::closed(std::string_view name) {
  const auto found = entries_.find(name);
  if (found != entries_.end()) entries_.erase(found);
}

std::string_view UpstreamStatements::least_used() const {
  return std::min_element(
             entries_.begin(), entries_.end(),
             [](const auto& a, const auto& b) { return a.second.used < b.second.used; })
      ->first;
}

}  // namespace occam::relay
