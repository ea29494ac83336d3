#include "proxy/relay/prepared.hpp"

namespace occam::relay {

DefinitionPtr Statements::lookup(const Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : found->second;
}

void Statements::erase(Map& map, std::string_view name) {
  const auto found = map.find(name);
  if (found != map.end()) map.erase(found);
}

Statements::Upstream Statements::upstream(std::string_view name) const {
  const auto found = upstream_.find(name);
  if (found == upstream_.end()) return Upstream::absent;
  return found->second ? Upstream::held : Upstream::uncertain;
}

bool Statements::upstream_holds(const DefinitionPtr& definition) const {
  const auto found = upstream_.find(std::string_view(definition->name));
  if (found == upstream_.end() || !found->second) return false;
  return found->second == definition || found->second->parse == definition->parse;
}

}  // namespace occam::relay
