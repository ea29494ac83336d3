// What a scripted client's steps are in SQL.
#include "tests/support/scripted_client.hpp"

namespace occam::simulation {

std::string Client::sql(const Step& step, bool parameters) const {
  const auto key = parameters ? std::string("$1") : std::to_string(step.key);
  switch (step.op) {
    case Op::begin:
      return "BEGIN";
    case Op::read:
      return "SELECT v FROM t WHERE k = " + key + (explicit_ ? " FOR SHARE" : "");
    case Op::increment:
      return "UPDATE t SET v = v + 1 WHERE k = " + key;
    case Op::write_read:
      return parameters ? "UPDATE t SET v = $2 WHERE k = $1"
                        : "UPDATE t SET v = " + std::to_string(last_read_ + 1) +
                              " WHERE k = " + std::to_string(step.key);
    case Op::insert:
      return "INSERT INTO log VALUES (" + (parameters ? "$1" : values(step)[0]) + ")";
    case Op::commit:
      return "COMMIT";
    case Op::rollback:
      return "ROLLBACK";
    case Op::probe:
      return "SELECT v FROM t WHERE k = " + key;
    case Op::set:
      return "SET extra_float_digits = " + std::to_string(step.key);
    case Op::show:
      return "SHOW extra_float_digits";
  }
  return {};
}

std::vector<std::string> Client::values(const Step& step) const {
  switch (step.op) {
    case Op::read:
    case Op::increment:
    case Op::probe:
      return {std::to_string(step.key)};
    case Op::write_read:
      return {std::to_string(step.key), std::to_string(last_read_ + 1)};
    case Op::insert:
      return {std::to_string(id_ + (step.key == 1 ? second_id : 0))};
    case Op::begin:
    case Op::commit:
    case Op::rollback:
    case Op::set:
    case Op::show:
      return {};
  }
  return {};
}

}  // namespace occam::simulation
