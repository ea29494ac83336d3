#include "proxy/relay/session_settings.hpp"

#include <utility>

#include "rewriter/setting_change.hpp"

namespace occam::relay {
namespace {

using Kind = rewriter::SettingChange::Kind;

// Names are the client's to invent (SET my.own1, my.own2 ...): beyond this it keeps its connection.
constexpr std::size_t most_bytes = std::size_t{16} * 1024;

std::size_t bytes_of(const std::map<std::string, std::string, std::less<>>& entries) {
  std::size_t bytes = 0;
  for (const auto& [name, sql] : entries) bytes += name.size() + sql.size();
  return bytes;
}

void append(std::string& sql, std::string_view statement) {
  sql.append(sql.empty() ? "" : "; ").append(statement);
}

// The part behind the dot may be a keyword; as one quoted word the name is the same.
void append_reset(std::string& sql, const std::string& name) {
  const bool dotted = name.find('.') != std::string::npos;
  append(sql, "RESET " + (dotted ? '"' + name + '"' : name));
}

}  // namespace

// Whatever differs is reset first: a part of the old value could live on (DateStyle), or forbid
// what another is set to (log_statement_stats).
void ConnectionSettings::restore(const ConnectionSettings& there, std::string& sql) const {
  if (*this == there) return;
  static const Entries none;
  const Entries& wanted = entries_ ? *entries_ : none;
  const Entries& found = there.entries_ ? *there.entries_ : none;
  const auto has = [](const Entries& entries, const Entries::value_type& entry) {
    const auto at = entries.find(entry.first);
    return at != entries.end() && at->second == entry.second;
  };
  std::string text;
  for (const auto& entry : found) {
    if (!has(wanted, entry)) append_reset(text, entry.first);
  }
  for (const auto& entry : wanted) {
    if (!has(found, entry)) append(text, entry.second);
  }
  sql += text;
}

void SessionSettings::changed(const rewriter::SettingChange& change) {
  if (!open_) open_ = std::make_unique<Open>();
  switch (change.kind) {
    case Kind::set:
      open_->known = open_->known && !may_merge(change);
      open_->changes[change.name] = change.sql;
      break;
    case Kind::reset:
      open_->changes[change.name].clear();
      break;
    case Kind::reset_all:
      // It passes over what SET LOCAL ... TO DEFAULT has reset, which comes back at COMMIT.
      *open_ = {.known = !open_->local, .all_reset = true, .local = open_->local, .changes = {}};
      break;
    case Kind::discard_all:
      *open_ = {.known = true, .all_reset = true, .local = false, .changes = {}};
      return transaction_ended(true);
    case Kind::local:
      open_->local = true;
      break;
  }
  if (bytes_of(open_->changes) > most_bytes) {
    open_->known = false;
    open_->changes.clear();
  }
}

// It is set to something else already, of which a part may live on.
bool SessionSettings::may_merge(const rewriter::SettingChange& change) const {
  if (!rewriter::merges_values(change.name)) return false;
  if (open_->local) return true;
  const Entries* standing = open_->changes.contains(change.name) ? &open_->changes
                            : open_->all_reset                   ? nullptr
                                                                 : settled_.entries_.get();
  if (standing == nullptr) return false;
  const auto found = standing->find(change.name);
  return found != standing->end() && !found->second.empty() && found->second != change.sql;
}

void SessionSettings::rolled_back_to_savepoint() {
  if (open_ && (open_->all_reset || !open_->changes.empty())) open_->known = false;
}

void SessionSettings::transaction_ended(bool committed) {
  const auto open = std::move(open_);
  if (!open || !committed) return;
  Entries entries;
  if (!open->all_reset && settled_.entries_) entries = *settled_.entries_;
  for (const auto& [name, sql] : open->changes) {
    if (sql.empty()) {
      entries.erase(name);
    } else {
      entries.insert_or_assign(name, sql);
    }
  }
  known_ = open->known && (known_ || open->all_reset) && bytes_of(entries) <= most_bytes;
  if (!known_ || entries.empty()) {
    settled_.entries_.reset();
  } else if (!settled_.entries_ || *settled_.entries_ != entries) {
    settled_.entries_ = std::make_shared<const Entries>(std::move(entries));
  }
}

}  // namespace occam::relay
