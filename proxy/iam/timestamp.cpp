#include "proxy/iam/timestamp.hpp"

#include <algorithm>
#include <array>

namespace occam::iam {
namespace {

using namespace std::chrono;

// Walks over a text of fixed shape; once something is not as it must be, `ok` stays false.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto c = take();
      if (c < '0' || c > '9') ok_ = false;
      value = value * 10 + (c - '0');
    }
    return ok_ ? value : 0;
  }
  void expect(std::string_view text) {
    if (!skip(text)) ok_ = false;
  }
  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  char take() {
    if (rest_.empty()) {
      ok_ = false;
      return '\0';
    }
    const auto c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  std::string_view rest() const { return rest_; }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Civil {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

std::optional<Instant> instant(const Civil& civil) {
  const year_month_day date(year(civil.year), month(static_cast<unsigned>(civil.month)),
                            day(static_cast<unsigned>(civil.day)));
  // A leap second is the next minute's first.
  if (!date.ok() || civil.hour > 23 || civil.minute > 59 || civil.second > 60) return std::nullopt;
  return sys_days(date) + hours(civil.hour) + minutes(civil.minute) + seconds(civil.second);
}

// Hour, minute and second, with `colon` between them.
void scan_time(Scan& scan, std::string_view colon, Civil& civil) {
  civil.hour = scan.digits(2);
  scan.expect(colon);
  civil.minute = scan.digits(2);
  scan.expect(colon);
  civil.second = scan.digits(2);
}

void append_digits(std::string& out, unsigned value, unsigned count) {
  const auto at = out.size();
  out.append(count, '0');
  for (auto i = at + count; i-- > at; value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string amz_date(Instant time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  std::string out;
  append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, static_cast<unsigned>(clock.hours().count()), 2);
  append_digits(out, static_cast<unsigned>(clock.minutes().count()), 2);
  append_digits(out, static_cast<unsigned>(clock.seconds().count()), 2);
  return out + 'Z';
}

std::optional<Instant> parse_amz_date(std::string_view text) {
  Scan scan(text);
  Civil civil;
  civil.year = scan.digits(4);
  civil.month = scan.digits(2);
  civil.day = scan.digits(2);
  scan.expect("T");
  scan_time(scan, "", civil);
  scan.expect("Z");
  return scan.at_end() ? instant(civil) : std::nullopt;
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  Scan scan(text);
  Civil civil;
  civil.year = scan.digits(4);
  scan.expect("-");
  civil.month = scan.digits(2);
  scan.expect("-");
  civil.day = scan.digits(2);
  if (!scan.skip("t") && !scan.skip(" ")) scan.expect("T");
  scan_time(scan, ":", civil);
  if (scan.skip(".")) {
    scan.digits(1);
    while (!scan.rest().empty() && scan.rest()[0] >= '0' && scan.rest()[0] <= '9') scan.digits(1);
  }
  seconds east(0);
  if (!scan.skip("Z") && !scan.skip("z")) {
    const auto sign = scan.take();
    if (sign != '+' && sign != '-') return std::nullopt;
    east = hours(scan.digits(2));
    scan.expect(":");
    east += minutes(scan.digits(2));
    if (sign == '-') east = -east;
  }
  if (!scan.at_end()) return std::nullopt;
  const auto local = instant(civil);
  if (!local) return std::nullopt;
  return *local - east;
}

std::optional<Instant> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  Scan scan(text);
  for (int i = 0; i < 3; ++i) scan.take();  // the day of the week follows from the date
  scan.expect(", ");
  Civil civil;
  civil.day = scan.digits(2);
  scan.expect(" ");
  const auto month = std::find(months.begin(), months.end(), scan.rest().substr(0, 3));
  if (month == months.end()) return std::nullopt;
  scan.expect(*month);
  civil.month = static_cast<int>(month - months.begin()) + 1;
  scan.expect(" ");
  civil.year = scan.digits(4);
  scan.expect(" ");
  scan_time(scan, ":", civil);
  scan.expect(" GMT");
  return scan.at_end() ? instant(civil) : std::nullopt;
}

}  // namespace occam::iam
