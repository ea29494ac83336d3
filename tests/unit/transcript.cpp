#include "proxy/trace/transcript.hpp"

#include <catch2/catch.hpp>

#include "proxy/wire/frame.hpp"

using occam::trace::BadLine;
using occam::trace::Direction;
using occam::trace::parse;
using occam::trace::render;
using occam::trace::render_startup;
using occam::trace::Show;
using occam::wire::Frame;
using namespace std::string_literals;

namespace {

struct Sample {
  Direction direction;
  std::string line;
  std::string body;
};

constexpr auto client = Direction::from_client;
constexpr auto server = Direction::from_server;

const std::vector<Sample> samples{
    {client, R"(Query "COMMIT")", "COMMIT\0"s},
    {client, R"(Query "")", "\0"s},
    {client, R"(Query "say \"a\\b\"\n\t\r\x01 é \xff")", "say \"a\\b\"\n\t\r\x01 \xc3\xa9 \xff\0"s},
    {client, R"(Parse "s1" "SELECT $1" [23 4294967295])",
     "s1\0SELECT $1\0\0\x02\0\0\0\x17\xff\xff\xff\xff"s},
    {client, R"(Parse "" "")", "\0\0\0\0"s},
    {client, R"(Bind "" "s1" formats=[1] values=["1" NULL x'00ff' ""] results=[1 0])",
     "\0s1\0\0\x01\0\x01\0\x04\0\0\0\x01"
     "1\xff\xff\xff\xff\0\0\0\x02\0\xff\0\0\0\0\0\x02\0\x01\0\0"s},
    {client, R"(Bind "p" "s")", "p\0s\0\0\0\0\0\0\0"s},
    {client, R"(Describe S "s1")", "Ss1\0"s},
    {client, R"(Describe P "")", "P\0"s},
    {client, R"(Execute "" 0)", "\0\0\0\0\0"s},
    {client, R"(Execute "p" -1)", "p\0\xff\xff\xff\xff"s},
    {client, R"(Close P "")", "P\0"s},
    {client, "Sync", ""},
    {client, "Flush", ""},
    {client, "Terminate", ""},
    {client, R"(CopyData "1\t2\n")", "1\t2\n"},
    {client, "CopyData x'00'", "\0"s},
    {client, "CopyDone", ""},
    {client, R"(CopyFail "no")", "no\0"s},
    {client, R"(FunctionCall 3000000000 formats=[0] values=["a"] 1)",
     "\xb2\xd0\x5e\x00\0\x01\0\0\0\x01\0\0\0\x01"
     "a\0\x01"s},
    {client, R"(Password "secret")", "secret\0"s},
    {client, R"(SASLInitialResponse "SCRAM-SHA-256" "n,,n=,r=x")",
     "SCRAM-SHA-256\0\0\0\0\x09n,,n=,r=x"s},
    {client, R"(SASLResponse "c=biws")", "c=biws"},
    {client, "Unknown 'Z' x'00ff'", "\0\xff"s},
    {client, "Unknown '\\'' x''", ""},
    {client, "Unknown 'Q' x'4142'", "AB"},
    {client, "Unknown '\\x00' x'04d2162f'", "\x04\xd2\x16\x2f"},

    {server, "AuthenticationOk", "\0\0\0\0"s},
    {server, "AuthenticationCleartextPassword", "\0\0\0\x03"s},
    {server, "AuthenticationMD5Password x'01020304'", "\0\0\0\x05\x01\x02\x03\x04"s},
    {server, R"(AuthenticationSASL "SCRAM-SHA-256-PLUS" "SCRAM-SHA-256")",
     "\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"s},
    {server, R"(AuthenticationSASLContinue "r=a")", "\0\0\0\x0br=a"s},
    {server, R"(AuthenticationSASLFinal "v=a")", "\0\0\0\x0cv=a"s},
    {server, R"(Authentication 7 "")", "\0\0\0\x07"s},
    {server, "BackendKeyData 17 -2", "\0\0\0\x11\xff\xff\xff\xfe"s},
    {server, "BindComplete", ""},
    {server, "CloseComplete", ""},
    {server, R"(CommandComplete "BEGIN")", "BEGIN\0"s},
    {server, "CopyBothResponse 0", "\0\0\0"s},
    {server, R"(CopyData "x")", "x"},
    {server, "CopyDone", ""},
    {server, "CopyInResponse 0 [0 0]", "\0\0\x02\0\0\0\0"s},
    {server, "CopyOutResponse 1 [1]", "\x01\0\x01\0\x01"s},
    {server, R"(DataRow "1" NULL x'00')",
     "\0\x03\0\0\0\x01"
     "1\xff\xff\xff\xff\0\0\0\x01\0"s},
    {server, "DataRow", "\0\0"s},
    {server, "EmptyQueryResponse", ""},
    {server, R"(ErrorResponse 40001 "OC000 text")", "SERROR\0VERROR\0C40001\0MOC000 text\0\0"s},
    {server, R"(ErrorResponse FATAL 28000 "no" H="do" F="x.c")",
     "SFATAL\0VFATAL\0C28000\0Mno\0Hdo\0Fx.c\0\0"s},
    {server, R"(ErrorResponse S="FEHLER" V="ERROR" C="40001" M="nein")",
     "SFEHLER\0VERROR\0C40001\0Mnein\0\0"s},
    {server, "ErrorResponse", "\0"s},
    {server, R"(NoticeResponse 00000 "hm")", "SNOTICE\0VNOTICE\0C00000\0Mhm\0\0"s},
    {server, R"(NoticeResponse WARNING 25P01 "there is none")",
     "SWARNING\0VWARNING\0C25P01\0Mthere is none\0\0"s},
    {server, "FunctionCallResponse NULL", "\xff\xff\xff\xff"},
    {server, R"(FunctionCallResponse "1")",
     "\0\0\0\x01"
     "1"s},
    {server, R"(NegotiateProtocolVersion 3.0 "_pq_.a")", "\0\x03\0\0\0\0\0\x01_pq_.a\0"s},
    {server, "NoData", ""},
    {server, R"(NotificationResponse 5 "c" "")",
     "\0\0\0\x05"
     "c\0\0"s},
    {server, "ParameterDescription [23 25]", "\0\x02\0\0\0\x17\0\0\0\x19"s},
    {server, "ParameterDescription", "\0\0"s},
    {server, R"(ParameterStatus "a" "b")", "a\0b\0"s},
    {server, "ParseComplete", ""},
    {server, "PortalSuspended", ""},
    {server, "ReadyForQuery I", "I"},
    {server, R"(RowDescription "a" "b"(table=16384 column=1 oid=23 size=4 format=1))",
     "\0\x02"
     "a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0"
     "b\0\0\0\x40\0\0\x01\0\0\0\x17\0\x04\xff\xff\xff\xff\0\x01"s},
    {server, "RowDescription", "\0\0"s},
    {server, "Unknown 'Q' x''", ""},
    {server, "Unknown '\\xff' x'00'", "\0"s},
};

std::string message(char type, const std::string& body) {
  std::string out;
  {
    const occam::wire::Message head(out, type);
    out += body;
  }
  return out;
}

}  // namespace

TEST_CASE("every message is a line and every line is that message") {
  for (const auto& sample : samples) {
    CAPTURE(sample.line);
    const auto bytes = parse(sample.line);
    CHECK(bytes == message(bytes[0], sample.body));
    CHECK(render(Frame{bytes[0], bytes}, sample.direction, Show::everything) == sample.line);
  }
}

TEST_CASE("a body that does not fit its type is shown as it came") {
  for (const auto& sample : samples) {
    CAPTURE(sample.line);
    const auto whole = parse(sample.line);
    for (std::size_t length = 0; length <= sample.body.size(); ++length) {
      auto body = sample.body.substr(0, length);
      if (length == sample.body.size()) body += '\xee';  // one byte too many
      const auto bytes = message(whole[0], body);
      const auto line = render(Frame{bytes[0], bytes}, sample.direction, Show::everything);
      CHECK(parse(line) == bytes);
    }
  }
}

TEST_CASE("startup packets are lines too") {
  for (const std::string line :
       {"SSLRequest", "GSSENCRequest", "CancelRequest 7 -8", "StartupMessage 3.0",
        R"(StartupMessage 3.2 "user"="temporal" "database"="" "_pq_.x"="1")",
        "UnknownStartup x'0000000904d2162f'", "UnknownStartup x'00000005'",
        "UnknownStartup x'0000'"}) {
    CHECK(render_startup(parse(line)) == line);
  }
}

TEST_CASE("a writer may leave out what is usual") {
  CHECK(parse(R"(Parse "a" "b" [])") == parse(R"(Parse "a" "b")"));
  CHECK(parse(R"(  RowDescription   "a"(oid=25)  )") == parse(R"(RowDescription "a")"));
  CHECK(parse(R"(ErrorResponse ERROR 40001 "a")") == parse(R"(ErrorResponse 40001 "a")"));
  CHECK(parse(R"(DataRow x'4142')") == parse(R"(DataRow "AB")"));
}

TEST_CASE("a bad line is refused with the column") {
  const std::vector<std::pair<std::string, std::size_t>> lines{
      {"", 1},
      {"Qery \"x\"", 1},
      {"Query", 6},
      {"Query x", 7},
      {"Query \"x", 9},
      {R"(Query "a\x00")", 14},
      {R"(Query "a\xg0")", 11},
      {R"(Query "x" "y")", 11},
      {R"(Execute "" 99999999999)", 12},
      {R"(Bind "" "" values=[nil])", 20},
      {R"(Bind "" "" values=[#3])", 20},
      {"Password #", 10},
      {R"(RowDescription "a"(kind=1))", 24},
      {"DataRow x'0", 11},
      {"Unknown 'ab' x''", 13},
      {R"(StartupMessage 3.0 ""="x")", 22},
      {R"(ErrorResponse 4000 "x")", 20},
  };
  for (const auto& [line, column] : lines) {
    CAPTURE(line);
    try {
      parse(line);
      FAIL("accepted");
    } catch (const BadLine& bad) {
      CHECK(bad.column() == column);
    }
  }
}

TEST_CASE("passwords and, where asked, values stay out of the line") {
  const auto shown = [](const std::string& line, Direction direction, Show show) {
    const auto bytes = parse(line);
    return render(Frame{bytes[0], bytes}, direction, show);
  };
  CHECK(shown(R"(Password "secret")", client, Show::no_passwords) == "Password #");
  CHECK(shown(R"(SASLResponse "secret")", client, Show::no_passwords) == "SASLResponse #");
  CHECK(shown(R"(SASLInitialResponse "a" "b")", client, Show::no_values) ==
        "SASLInitialResponse #");
  const std::string bind = R"(Bind "" "s" values=["ab" NULL])";
  CHECK(shown(bind, client, Show::no_passwords) == bind);
  CHECK(shown(bind, client, Show::no_values) == R"(Bind "" "s" values=[#2 NULL])");
  CHECK(shown(R"(DataRow "abc")", server, Show::no_values) == "DataRow #3");
  CHECK(shown(R"x(ErrorResponse 23505 "dup" D="Key (id)=(1)")x", server, Show::no_values) ==
        "ErrorResponse 23505 #3 D=#12");
  CHECK(shown("Unknown 'Q' x'41'", client, Show::no_values) == "Unknown 'Q' #1");
  CHECK(render(Frame{'D', "abc", false, false}, server, Show::everything) == "Piece 'D' #3");
}
