#include "rewriter/schema.hpp"

#include "rewriter/definitions/index_definition.hpp"
#include "rewriter/definitions/source_words.hpp"
#include "rewriter/definitions/table_alteration.hpp"
#include "rewriter/definitions/table_definition.hpp"

namespace occam::rewriter {

// CREATE and DROP DATABASE are not looked at here: see databases.hpp.
Translation translate_definitions(const Reading& reading, const RewriterOptions& options) {
  Translation translation;
  const auto& statements = reading.tree.statements();
  for (std::size_t i = 0; i < statements.size() && !translation.refusal; ++i) {
    const Node statement = statements[i];
    const auto type = statement.type();
    const auto words = [&] { return SourceWords(reading, reading.tree.extents()[i]); };
    if (type == "CreateStmt") {
      translate_table(statement, words(), options, translation);
    } else if (type == "CreateSeqStmt") {
      translate_sequence(statement, words(), translation);
    } else if (type == "IndexStmt") {
      translate_index(statement, words(), reading, options, translation);
    } else if (type == "AlterTableStmt" && statement.text("objtype") == "OBJECT_TABLE") {
      translate_alteration(statement, words(), options, translation);
    } else if (type == "RenameStmt") {
      judge_rename(statement, options, translation);
    } else if (type == "DropStmt" && statement.text("removeType") == "OBJECT_INDEX") {
      translate_index_drop(statement, words(), translation);
    }
  }
  return translation;
}

}  // namespace occam::rewriter
