// What a server has reported by ParameterStatus. Most sessions were reported the same: a copy
// shares its text until it is changed, and costs a pointer.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/wire/parameter.hpp"

namespace occam::relay {

class ReportedParameters {
 public:
  using Values = std::map<std::string, std::string, std::less<>>;

  ReportedParameters() = default;
  explicit ReportedParameters(const wire::Parameters& parameters) {
    for (const auto& [name, value] : parameters) set(name, value);
  }

  const Values& values() const {
    static const Values none;
    return values_ ? *values_ : none;
  }
  void set(std::string_view name, std::string_view value) {
    const auto found = values().find(name);
    if (found != values().end() && found->second == value) return;
    auto changed = std::make_shared<Values>(values());
    (*changed)[std::string(name)] = value;
    values_ = std::move(changed);
  }

  bool operator==(const ReportedParameters& other) const {
    return values_ == other.values_ || values() == other.values();
  }

 private:
  std::shared_ptr<const Values> values_;  // null: none
};

}  // namespace occam::relay
