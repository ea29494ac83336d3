// Where in a text a locking clause may stand, told from its tokens. substring(a for update) is such
// a place too: only the tree tells which places are locks. Offsets into the caller's text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rewriter/edit.hpp"
#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

enum class LockStrength { key_share, share, no_key_update, update };

struct LockSite {
  LockStrength strength = LockStrength::update;
  std::size_t begin = 0;     // of FOR
  std::size_t end = 0;       // behind the OF list, NOWAIT or SKIP LOCKED
  std::vector<Token> words;  // the tokens after FOR: NO KEY UPDATE, KEY SHARE, ...
  std::optional<Token> of;   // the token OF
};

std::vector<LockSite> find_lock_sites(std::string_view text, const std::vector<Token>& tokens);

// Where LOCK IN SHARE MODE stands, MySQL's spelling of FOR SHARE that PostgreSQL cannot parse.
std::vector<Span> find_share_modes(std::string_view text, const std::vector<Token>& tokens);

// The text with FOR SHARE in their place, filled up with spaces: all offsets stay.
std::string respell_share_modes(std::string_view text, const std::vector<Span>& share_modes);

}  // namespace occam::rewriter
