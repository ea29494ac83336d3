#include "emulator/postgres/script.hpp"

#include <array>
#include <utility>

#include "proxy/wire/bytes.hpp"
#include "proxy/wire/frontend.hpp"

namespace emulator {
namespace {

namespace wire = occam::wire;
namespace frontend = occam::wire::frontend;

constexpr std::string_view own_name = "dsql_emulator";
// No parameter formats, no parameters, no result formats.
constexpr std::string_view no_parameters("\0\0\0\0\0\0", 6);

struct Prepared {
  Call call;
  const char* name;
  const char* sql;
};

// The failing text says in PostgreSQL's log who wanted it so.
constexpr std::array calls = {
    Prepared{Call::begin, "dsql_emulator_begin", "BEGIN"},
    Prepared{Call::commit, "dsql_emulator_commit", "COMMIT"},
    Prepared{Call::rollback, "dsql_emulator_rollback", "ROLLBACK"},
    Prepared{Call::base, "dsql_emulator_base", "SAVEPOINT dsql_emulator_base"},
    Prepared{Call::to_base, "dsql_emulator_to_base", "ROLLBACK TO SAVEPOINT dsql_emulator_base"},
    Prepared{Call::savepoint, "dsql_emulator_savepoint", "SAVEPOINT dsql_emulator_probe"},
    Prepared{Call::rollback_to, "dsql_emulator_rollback_to",
             "ROLLBACK TO SAVEPOINT dsql_emulator_probe"},
    Prepared{Call::wait_long, "dsql_emulator_wait_long", "SET LOCAL lock_timeout = '2s'"},
    Prepared{Call::fail, "dsql_emulator_fail",
             "SELECT lower('transaction failed on purpose by dsql-emulator')::integer"},
};

void append_bind(std::string& out, std::string_view portal, std::string_view statement,
                 std::string_view rest) {
  wire::Message message(out, static_cast<char>(frontend::Type::bind));
  wire::append_cstring(out, portal);
  wire::append_cstring(out, statement);
  out.append(rest);
}

void append_execute(std::string& out, std::string_view portal) {
  wire::Message message(out, static_cast<char>(frontend::Type::execute));
  wire::append_cstring(out, portal);
  wire::append_i32(out, 0);
}

// Cuts the result formats off what follows the names in Bind: they belong to the client's columns,
// and what is run here may answer others, which nobody reads.
std::string without_result_formats(std::string_view bind) {
  wire::Reader reader(bind);
  reader.take(2 * static_cast<std::size_t>(reader.i16()));
  for (int left = reader.i16(); left > 0; --left)
    if (const auto bytes = reader.i32(); bytes > 0) reader.take(static_cast<std::size_t>(bytes));
  std::string out(bind.substr(0, bind.size() - reader.rest().size()));
  wire::append_i16(out, 0);
  return out;
}

}  // namespace

void Script::prepare_calls() {
  for (const auto& prepared : calls)
    frontend::append_parse(bytes_, {prepared.name, prepared.sql, std::string_view("\0\0", 2)});
  frontend::append_sync(bytes_);
  ++sections_;
}

void Script::call(Call call) {
  for (const auto& prepared : calls) {
    if (prepared.call != call) continue;
    frontend::append_close(bytes_, {'P', own_name});
    append_bind(bytes_, own_name, prepared.name, no_parameters);
    append_execute(bytes_, own_name);
    frontend::append_sync(bytes_);
    ++sections_;
  }
}

void Script::run(std::string_view sql, std::string_view types, std::string_view bind) {
  frontend::append_close(bytes_, {'S', own_name});
  run_kept(own_name, true, sql, types, bind);
}

void Script::run_kept(std::string_view name, bool first, std::string_view sql,
                      std::string_view types, std::string_view bind) {
  frontend::append_close(bytes_, {'P', own_name});
  if (first)
    frontend::append_parse(bytes_,
                           {name, sql, types.empty() ? std::string_view("\0\0", 2) : types});
  append_bind(bytes_, own_name, name, bind.empty() ? no_parameters : without_result_formats(bind));
  append_execute(bytes_, own_name);
  frontend::append_sync(bytes_);
  ++sections_;
}

void Script::synced(std::string_view messages) {
  bytes_.append(messages);
  frontend::append_sync(bytes_);
  ++sections_;
}

void Script::query(std::string_view message) {
  bytes_.append(message);
  ++sections_;
}

}  // namespace emulator
