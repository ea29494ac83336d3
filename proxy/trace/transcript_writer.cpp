// Bytes to text. A layout that does not fit throws ProtocolViolation, and the next one is tried.
#include <algorithm>
#include <utility>
#include <vector>

#include "proxy/trace/transcript_layout.hpp"
#include "proxy/wire/bytes.hpp"

namespace occam::trace {

namespace {

using wire::ProtocolViolation;
using wire::Reader;

constexpr std::string_view hex_digits = "0123456789abcdef";

bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

// Length of the UTF-8 character at the start, 0 if there is none.
std::size_t character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  std::size_t length = 0;
  if (first < 0x80) length = 1;
  if (first >= 0xc2 && first < 0xe0) length = 2;
  if (first >= 0xe0 && first < 0xf0) length = 3;
  if (first >= 0xf0 && first < 0xf5) length = 4;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

bool readable(std::string_view text) {
  while (!text.empty()) {
    if (control(text[0]) && text[0] != '\n' && text[0] != '\r' && text[0] != '\t') return false;
    const auto length = character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void append_byte(std::string& line, char c) {
  line += hex_digits[static_cast<unsigned char>(c) >> 4];
  line += hex_digits[static_cast<unsigned char>(c) & 15];
}

void append_hex(std::string& line, std::string_view bytes) {
  line += "x'";
  for (const auto c : bytes) append_byte(line, c);
  line += '\'';
}

void append_quoted(std::string& line, std::string_view text, char quote) {
  line += quote;
  while (!text.empty()) {
    const auto length = character(text);
    const auto c = text[0];
    if (c == quote || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      line += '\\';
      line += c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
    } else if (length == 0 || control(c)) {
      line += "\\x";
      append_byte(line, c);
    } else {
      line += text.substr(0, length);
    }
    text.remove_prefix(std::max(length, std::size_t{1}));
  }
  line += quote;
}

std::size_t count_of(Reader& reader) { return static_cast<std::uint16_t>(reader.i16()); }

class Writer {
 public:
  Writer(std::string_view body, Show show) : reader_(body), show_(show) {}

  std::string line(const Layout& layout) {
    line_ = layout.name;
    if (layout.code >= 0 && reader_.i32() != layout.code) throw ProtocolViolation("other code");
    for (const auto& item : layout.items) write(item);
    reader_.expect_end();
    if (layout.secret && show_ != Show::everything) return std::string(layout.name) + " #";
    return std::move(line_);
  }

 private:
  // One entry each; the order is that of Field.
  void write(const Item& item) {
    switch (item.field) {
      case Field::none:
        return;
      case Field::text:
        return text(reader_.cstring());
      case Field::letter:
        return letter();
      case Field::tiny:
        return number(static_cast<std::int8_t>(reader_.u8()));
      case Field::small:
        return number(reader_.i16());
      case Field::number:
        return number(reader_.i32());
      case Field::oid:
        return number(static_cast<std::uint32_t>(reader_.i32()));
      case Field::version:
        return version();
      case Field::value:
        return value();
      case Field::rest:
        return content(reader_.take(reader_.rest().size()));
      case Field::oids:
        return list(item.key, count_of(reader_),
                    [this] { number(static_cast<std::uint32_t>(reader_.i32())); });
      case Field::formats:
        return list(item.key, count_of(reader_), [this] { number(reader_.i16()); });
      case Field::values:
        return list(item.key, count_of(reader_), [this] { value(); });
      case Field::row:
        for (auto left = count_of(reader_); left > 0; --left) value();
        return;
      case Field::names:
        for (auto name = reader_.cstring(); !name.empty(); name = reader_.cstring()) text(name);
        return;
      case Field::counted_names:
        for (auto left = static_cast<std::uint32_t>(reader_.i32()); left > 0; --left) {
          text(reader_.cstring());
        }
        return;
      case Field::pairs:
        return pairs();
      case Field::report:
        return report(item.key);
      case Field::columns:
        for (auto left = count_of(reader_); left > 0; --left) column();
        return;
    }
  }

  void gap() {
    if (line_.back() != '[' && line_.back() != '(') line_ += ' ';
  }
  void text(std::string_view words) {
    gap();
    append_quoted(line_, words, '"');
  }
  void number(std::int64_t n) {
    gap();
    line_ += std::to_string(n);
  }
  void letter() {
    const auto c = static_cast<char>(reader_.u8());
    if (c < 'A' || c > 'Z') throw ProtocolViolation("no letter");
    gap();
    line_ += c;
  }
  void version() {
    const auto v = static_cast<std::uint32_t>(reader_.i32());
    gap();
    line_ += std::to_string(v >> 16) + "." + std::to_string(v & 0xffff);
  }
  void content(std::string_view bytes) {
    gap();
    if (show_ == Show::no_values) {
      line_ += '#' + std::to_string(bytes.size());
    } else if (readable(bytes)) {
      append_quoted(line_, bytes, '"');
    } else {
      append_hex(line_, bytes);
    }
  }
  void value() {
    const auto length = reader_.i32();
    if (length < -1) throw ProtocolViolation("negative length of a value");
    if (length >= 0) return content(reader_.take(static_cast<std::size_t>(length)));
    gap();
    line_ += "NULL";
  }
  template <typename Element>
  void list(std::string_view key, std::size_t count, Element element) {
    if (count == 0) return;
    gap();
    line_.append(key).append(key.empty() ? "[" : "=[");
    for (; count > 0; --count) element();
    line_ += ']';
  }
  void pairs() {
    for (auto name = reader_.cstring(); !name.empty(); name = reader_.cstring()) {
      text(name);
      line_ += '=';
      append_quoted(line_, reader_.cstring(), '"');
    }
  }
  void report(std::string_view usual_severity);
  void column();

  Reader reader_;
  Show show_;
  std::string line_;
};

bool all_of(std::string_view text, bool (*belongs)(char)) {
  for (const auto c : text) {
    if (!belongs(c)) return false;
  }
  return !text.empty();
}

bool upper(char c) { return c >= 'A' && c <= 'Z'; }
bool upper_or_digit(char c) { return upper(c) || (c >= '0' && c <= '9'); }
bool alphanumeric(char c) { return upper_or_digit(c) || (c >= 'a' && c <= 'z'); }

void Writer::report(std::string_view usual_severity) {
  std::vector<std::pair<char, std::string_view>> fields;
  while (const auto code = static_cast<char>(reader_.u8())) {
    if (!alphanumeric(code)) throw ProtocolViolation("no field code");
    fields.emplace_back(code, reader_.cstring());
  }
  const auto is = [&](std::size_t i, char code) {
    return fields.size() > i && fields[i].first == code;
  };
  std::size_t told = 0;
  // PostgreSQL's order: severity twice, code, message. Any other is written field by field.
  if (is(0, 'S') && is(1, 'V') && is(2, 'C') && is(3, 'M') &&
      fields[0].second == fields[1].second && all_of(fields[0].second, upper) &&
      fields[2].second.size() == 5 && all_of(fields[2].second, upper_or_digit)) {
    if (fields[0].second != usual_severity) line_.append(" ").append(fields[0].second);
    line_.append(" ").append(fields[2].second);
    content(fields[3].second);
    told = 4;
  }
  for (; told < fields.size(); ++told) {
    line_.append({' ', fields[told].first, '='});
    if (show_ == Show::no_values) {
      line_ += '#' + std::to_string(fields[told].second.size());
    } else {
      append_quoted(line_, fields[told].second, '"');
    }
  }
}

void Writer::column() {
  text(reader_.cstring());
  std::string numbers;
  for (const auto& n : column_numbers) {
    std::int64_t got = n.wide ? reader_.i32() : reader_.i16();
    if (n.key == "table" || n.key == "oid") got = static_cast<std::uint32_t>(got);
    if (got == n.usual) continue;
    if (!numbers.empty()) numbers += ' ';
    numbers.append(n.key).append("=").append(std::to_string(got));
  }
  if (!numbers.empty()) line_ += '(' + numbers + ')';
}

std::string try_layouts(char type, Direction direction, std::string_view body, Show show) {
  for (const auto& layout : layouts()) {
    if (layout.type != type || layout.direction != direction) continue;
    try {
      return Writer(body, show).line(layout);
    } catch (const ProtocolViolation&) {
      continue;  // malformed for this layout
    }
  }
  return {};
}

}  // namespace

std::string render(const wire::Frame& frame, Direction direction, Show show) {
  if (frame.whole() && frame.type != startup) {
    auto line = try_layouts(frame.type, direction, frame.body(), show);
    if (!line.empty()) return line;
  }
  std::string line = frame.whole() ? "Unknown " : "Piece ";
  append_quoted(line, {&frame.type, 1}, '\'');
  line += ' ';
  const bool hidden = show == Show::no_values || (show == Show::no_passwords && frame.type == 'p');
  if (frame.whole() && !hidden) {
    append_hex(line, frame.body());
  } else {
    line += '#' + std::to_string(frame.whole() ? frame.body().size() : frame.bytes.size());
  }
  return line;
}

std::string render_startup(std::string_view packet) {
  // The line does not say the length, so a wrong one must not be lost.
  if (packet.size() >= 4 && static_cast<std::uint32_t>(Reader(packet).i32()) == packet.size()) {
    auto line = try_layouts(startup, Direction::from_client, packet.substr(4), Show::everything);
    if (!line.empty()) return line;
  }
  std::string line = "UnknownStartup ";
  append_hex(line, packet);
  return line;
}

}  // namespace occam::trace
