// Text to bytes.
#include <limits>

#include "proxy/trace/transcript_layout.hpp"
#include "proxy/trace/transcript_scanner.hpp"
#include "proxy/wire/bytes.hpp"

namespace occam::trace {

namespace {

constexpr std::int64_t least_i32 = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t most_i32 = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t most_u32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t most_entries = 65'535;

class Parser {
 public:
  Parser(Scanner& scanner, std::string& out) : scanner_(scanner), out_(out) {}

  void read(const Item& item) {
    switch (item.field) {
      case Field::none:
        return;
      case Field::text:
        return text();
      case Field::letter:
        return letter();
      case Field::tiny:
        out_.push_back(static_cast<char>(scanner_.number(-128, 127)));
        return;
      case Field::small:
        return i16();
      case Field::number:
        return i32(least_i32, most_i32);
      case Field::oid:
        return i32(0, most_u32);
      case Field::version:
        return version();
      case Field::value:
        return value();
      case Field::rest:
        out_ += content();
        return;
      case Field::oids:
        return list(item.key, [this] { i32(0, most_u32); });
      case Field::formats:
        return list(item.key, [this] { i16(); });
      case Field::values:
        return list(item.key, [this] { value(); });
      case Field::row:
        return counted([this] { return !scanner_.at_end(); }, [this] { value(); });
      case Field::names:
        while (!scanner_.at_end()) name();
        out_.push_back('\0');
        return;
      case Field::counted_names:
        return counted_names();
      case Field::pairs:
        return pairs();
      case Field::report:
        return report(item.key);
      case Field::columns:
        return counted([this] { return !scanner_.at_end(); }, [this] { column(); });
    }
  }

 private:
  void i16() { wire::append_i16(out_, static_cast<std::int16_t>(scanner_.number(-32768, 32767))); }
  void i32(std::int64_t least, std::int64_t most) {
    wire::append_i32(out_, static_cast<std::int32_t>(scanner_.number(least, most)));
  }
  std::string cstring() {
    auto words = scanner_.quoted('"');
    if (words.find('\0') != std::string::npos) scanner_.fail("a string cannot hold \\x00");
    return words;
  }
  void text() { wire::append_cstring(out_, cstring()); }
  // An empty one would end the list.
  void name() {
    const auto words = cstring();
    if (words.empty()) scanner_.fail("a name cannot be empty");
    wire::append_cstring(out_, words);
  }
  void letter() {
    const auto word = scanner_.word();
    if (word.size() != 1 || word[0] < 'A' || word[0] > 'Z') scanner_.fail("expected one letter");
    out_.push_back(word[0]);
  }
  void version() {
    i16_unsigned();
    scanner_.expect(".");
    i16_unsigned();
  }
  void i16_unsigned() {
    wire::append_i16(out_, static_cast<std::int16_t>(scanner_.number(0, 65'535)));
  }
  std::string content() {
    switch (scanner_.peek()) {
      case '"':
        return scanner_.quoted('"');
      case 'x':
        return scanner_.hex();
      case '#':
        scanner_.fail("what was left out of a transcript cannot be sent");
      default:
        scanner_.fail("expected \"text\" or x'hex'");
    }
  }
  void value() {
    if (scanner_.take_if("NULL")) return wire::append_i32(out_, -1);
    const auto bytes = content();
    wire::append_i32(out_, static_cast<std::int32_t>(bytes.size()));
    out_ += bytes;
  }
  template <typename More, typename Element>
  void counted(More more, Element element) {
    const auto head = out_.size();
    wire::append_i16(out_, 0);
    std::size_t count = 0;
    for (; more(); ++count) {
      if (count == most_entries) scanner_.fail("more than 65535 entries");
      element();
    }
    out_[head] = static_cast<char>(count >> 8);
    out_[head + 1] = static_cast<char>(count);
  }
  template <typename Element>
  void list(std::string_view key, Element element) {
    if (!scanner_.take_if(key.empty() ? "[" : std::string(key) + "=[")) {
      return wire::append_i16(out_, 0);
    }
    counted([this] { return !scanner_.take_if("]"); }, element);
  }
  void counted_names() {
    std::string names;
    std::int32_t count = 0;
    for (; !scanner_.at_end(); ++count) wire::append_cstring(names, cstring());
    wire::append_i32(out_, count);
    out_ += names;
  }
  void pairs() {
    while (!scanner_.at_end()) {
      name();
      scanner_.expect("=");
      text();
    }
    out_.push_back('\0');
  }
  void field(char code, std::string_view text) {
    out_.push_back(code);
    wire::append_cstring(out_, text);
  }
  void report(std::string_view usual_severity);
  void column();

  Scanner& scanner_;
  std::string& out_;
};

// [SEVERITY] CODE "message" and then, or instead, X="..." for any field.
void Parser::report(std::string_view usual_severity) {
  auto code = scanner_.at_end() ? std::string_view{} : scanner_.word();
  const bool brief = scanner_.peek() != '=';
  if (!code.empty() && brief) {
    auto severity = usual_severity;
    if (scanner_.peek() != '"' && scanner_.peek() != 'x' && scanner_.peek() != '#') {
      severity = code;
      code = scanner_.word();
    }
    if (code.size() != 5) scanner_.fail("expected an SQLSTATE of five characters");
    field('S', severity);
    field('V', severity);
    field('C', code);
    const auto message = content();
    if (message.find('\0') != std::string::npos) scanner_.fail("a message cannot hold \\x00");
    field('M', message);
    code = scanner_.at_end() ? std::string_view{} : scanner_.word();
  }
  while (!code.empty()) {
    if (code.size() != 1) scanner_.fail("a field's code is one character");
    scanner_.expect("=");
    field(code[0], cstring());
    code = scanner_.at_end() ? std::string_view{} : scanner_.word();
  }
  out_.push_back('\0');
}

void Parser::column() {
  text();
  std::array<std::int64_t, column_numbers.size()> got{};
  for (std::size_t i = 0; i < got.size(); ++i) got[i] = column_numbers[i].usual;
  if (scanner_.take_if("(")) {
    while (!scanner_.take_if(")")) {
      const auto key = scanner_.word();
      std::size_t i = 0;
      while (i < got.size() && column_numbers[i].key != key) ++i;
      if (i == got.size()) scanner_.fail("a column has no " + std::string(key));
      scanner_.expect("=");
      got[i] = column_numbers[i].wide ? scanner_.number(least_i32, most_u32)
                                      : scanner_.number(-32768, 32767);
    }
  }
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (column_numbers[i].wide) {
      wire::append_i32(out_, static_cast<std::int32_t>(got[i]));
    } else {
      wire::append_i16(out_, static_cast<std::int16_t>(got[i]));
    }
  }
}

void parse_unknown(Scanner& scanner, std::string& out) {
  const auto type = scanner.quoted('\'');
  if (type.size() != 1) scanner.fail("expected one type byte");
  const wire::Message message(out, type[0]);
  out += scanner.hex();
}

void parse_layout(const Layout& layout, Scanner& scanner, std::string& out) {
  const auto read_body = [&] {
    if (layout.code >= 0) wire::append_i32(out, layout.code);
    Parser parser(scanner, out);
    for (const auto& item : layout.items) parser.read(item);
  };
  if (layout.type == startup) {
    const wire::Message message(out);
    read_body();
  } else {
    const wire::Message message(out, layout.type);
    read_body();
  }
}

}  // namespace

std::string parse(std::string_view line) {
  Scanner scanner(line);
  std::string out;
  const auto name = scanner.word();
  if (name == "Unknown") {
    parse_unknown(scanner, out);
  } else if (name == "UnknownStartup") {
    out = scanner.hex();
  } else {
    const Layout* found = nullptr;
    for (const auto& layout : layouts()) {
      if (layout.name == name && found == nullptr) found = &layout;
    }
    if (found == nullptr) throw BadLine("no message is called " + std::string(name), 1);
    parse_layout(*found, scanner, out);
  }
  if (!scanner.at_end()) scanner.fail("nothing more was expected");
  return out;
}

}  // namespace occam::trace
