#include "proxy/relay/prepared.hpp"

#include "proxy/wire/frame.hpp"
#include "proxy/wire/frontend.hpp"

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

std::string_view Definition::types() const {
  return wire::frontend::decode_parse(std::string_view(parse).substr(wire::header_bytes)).types;
}

DefinitionPtr Statements::own(std::string_view text, std::string_view types) {
  if (types.empty()) {
    if (const auto known = own_.find(text); known != own_.end()) return known->second;
  }
  auto& definition = own_[std::string(types).append(text)];
  if (!definition) {
    auto made = std::make_shared<Definition>();
    made->name = "occam_" + std::to_string(own_.size());
    constexpr std::string_view none("\0\0", 2);
    wire::frontend::append_parse(made->parse, {made->name, text, types.empty() ? none : types});
    definition = std::move(made);
  }
  return definition;
}

bool Statements::upstream_holds(const DefinitionPtr& definition) const {
  const auto found = upstream_.find(std::string_view(definition->name));
  if (found == upstream_.end() || !found->second) return false;
  return found->second == definition || found->second->parse == definition->parse;
}

}  // namespace occam::relay
