#include "proxy/check/finding.hpp"

namespace occam::check {

const char* word(Step step) {
  switch (step) {
    case Step::configuration:
      return "configuration";
    case Step::certificates:
      return "certificates";
    case Step::name:
      return "name";
    case Step::credentials:
      return "credentials";
    case Step::connection:
      return "connection";
    case Step::encryption:
      return "encryption";
    case Step::log_in:
      return "log-in";
    case Step::server:
      return "server";
    case Step::clock:
      return "clock";
    case Step::locks:
      return "locks";
    case Step::schema:
      return "schema";
    case Step::assumptions:
      return "assumptions";
    case Step::round_trip:
      return "round trip";
  }
  return "";
}

const char* word(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::warn:
      return "warn";
    case Verdict::fail:
      return "FAIL";
    case Verdict::skip:
      return "skip";
    case Verdict::unproven:
      return "unproven";
  }
  return "";
}

}  // namespace occam::check
