#include "emulator/rules/column_types.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace emulator {
namespace {

template <std::size_t size>
bool among(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// §3.1 (M) for serial, which stands for the others.
constexpr std::array<std::string_view, 6> serials = {"serial",  "serial4",     "serial8",
                                                     "serial2", "smallserial", "bigserial"};

// PostgreSQL's own types outside the list of the storable ones (§3.5, D). Measured (M EMU): money
// to pg_lsn; the rest by that list.
constexpr std::array<std::string_view, 50> run_time_types = {"money",
                                                             "xml",
                                                             "inet",
                                                             "cidr",
                                                             "macaddr",
                                                             "point",
                                                             "line",
                                                             "lseg",
                                                             "box",
                                                             "path",
                                                             "polygon",
                                                             "circle",
                                                             "tsvector",
                                                             "tsquery",
                                                             "int4range",
                                                             "tsrange",
                                                             "bit",
                                                             "varbit",
                                                             "pg_lsn",
                                                             "macaddr8",
                                                             "int8range",
                                                             "numrange",
                                                             "tstzrange",
                                                             "daterange",
                                                             "int4multirange",
                                                             "int8multirange",
                                                             "nummultirange",
                                                             "tsmultirange",
                                                             "tstzmultirange",
                                                             "datemultirange",
                                                             "jsonpath",
                                                             "oid",
                                                             "name",
                                                             "char",
                                                             "regclass",
                                                             "regtype",
                                                             "regproc",
                                                             "regprocedure",
                                                             "regrole",
                                                             "regnamespace",
                                                             "regoper",
                                                             "regoperator",
                                                             "regconfig",
                                                             "regdictionary",
                                                             "xid",
                                                             "xid8",
                                                             "cid",
                                                             "tid",
                                                             "pg_snapshot",
                                                             "txid_snapshot"};

// §3.5 (D); for bytea and jsonb the text is measured, with the type as PostgreSQL displays it.
constexpr std::array<std::string_view, 5> keyless_types = {"bytea", "json", "jsonb", "timetz",
                                                           "interval"};

Refusal unsupported_type(const std::string& name) {
  return {"type", feature_not_supported, "datatype " + name + " not supported"};
}

constexpr auto limit_exceeded = "54000";

// §2 (O LIM).
std::optional<Refusal> refuse_length(const TypeName& type) {
  const auto limited = [](const char* limit, const char* name) {
    return Refusal{
        "type", limit_exceeded,
        std::string("Datatype limit greater than ") + limit + " bytes not supported for " + name};
  };
  if (type.name == "bpchar" && type.modifier > 4096) return limited("4096", "char");
  if (type.name == "varchar" && type.modifier > 65535) return limited("65535", "varchar");
  return std::nullopt;
}

}  // namespace

std::string displayed(std::string_view inner_name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> names = {{
      {"int2", "smallint"},
      {"int4", "integer"},
      {"int8", "bigint"},
      {"float4", "real"},
      {"float8", "double precision"},
      {"bool", "boolean"},
      {"bpchar", "character"},
      {"varchar", "character varying"},
      {"varbit", "bit varying"},
      {"time", "time without time zone"},
      {"timetz", "time with time zone"},
      {"timestamp", "timestamp without time zone"},
      {"timestamptz", "timestamp with time zone"},
      {"char", "\"char\""},
  }};
  for (const auto& [inner, shown] : names)
    if (inner == inner_name) return std::string(shown);
  return std::string(inner_name);
}

std::string displayed(const TypeName& type) {
  return displayed(type.name) + (type.array ? "[]" : "");
}

std::optional<Refusal> refuse_type(const TypeName& type, Dialect dialect) {
  if (type.array) return unsupported_type(displayed(type));
  if (among(serials, type.name))
    return Refusal{"type", undefined_object, "type \"" + type.name + "\" does not exist"};
  // §8: jsonb measured before its day (M lepin); I for json.
  if (among(run_time_types, type.name) || (type.name == "json" && dialect < json_since) ||
      (type.name == "jsonb" && dialect < jsonb_since))
    return unsupported_type(displayed(type));
  return refuse_length(type);
}

std::optional<Refusal> refuse_key_type(std::string_view inner_name, Dialect dialect) {
  const bool early = inner_name == "numeric" && dialect < numeric_keys_since;
  if (!among(keyless_types, inner_name) && !early) return std::nullopt;
  return Refusal{"key", feature_not_supported,
                 "datatype " + displayed(inner_name) + " is not supported in a key"};
}

}  // namespace emulator
