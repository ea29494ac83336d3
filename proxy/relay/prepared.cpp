#include "proxy/relay/prepared.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "proxy/wire/frame.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

DefinitionPtr Statements::find(std::string_view name) const {
  if (name.empty()) return unnamed_;
  if (!named_) return nullptr;
  const auto found = named_->find(name);
  return found == named_->end() ? nullptr : found->second;
}

void Statements::define(const DefinitionPtr& definition) {
  if (definition->name.empty()) {
    unnamed_ = definition;
    return;
  }
  if (!named_) named_ = std::make_unique<Map>();
  (*named_)[definition->name] = definition;
}

void Statements::close(std::string_view name) {
  if (name.empty()) unnamed_.reset();
  if (!named_) return;
  if (const auto found = named_->find(name); found != named_->end()) named_->erase(found);
  if (named_->empty()) named_.reset();
}

void Statements::forget_all() {
  unnamed_.reset();
  named_.reset();
}

std::string_view Definition::types() const {
  return wire::frontend::decode_parse(std::string_view(parse).substr(wire::header_bytes)).types;
}

namespace {

// As many as a connection holds at most.
constexpr std::size_t most_known = 512;

// Sessions that share a connection then find each other's.
std::string own_name(const std::string& types_and_text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string name = "occam_";
  for (auto hash = XXH3_64bits(types_and_text.data(), types_and_text.size()); hash != 0; hash >>= 4)
    name += digits[hash & 15];
  return name;
}

}  // namespace

DefinitionPtr OwnStatements::find(std::string_view text, std::string_view types) {
  if (types.empty()) {
    if (const auto known = known_.find(text); known != known_.end()) return known->second;
  }
  auto& definition = known_[std::string(types).append(text)];
  if (!definition) {
    auto made = std::make_shared<Definition>();
    made->name = own_name(std::string(types).append(text));
    constexpr std::string_view none("\0\0", 2);
    wire::frontend::append_parse(made->parse, {made->name, text, types.empty() ? none : types});
    definition = std::move(made);
  }
  return definition;
}

void OwnStatements::forget_surplus() {
  if (known_.size() > most_known) known_.clear();
}

}  // namespace occam::relay
