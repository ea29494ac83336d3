#include "proxy/trace/transcript_layout.hpp"

#include "proxy/wire/frontend.hpp"

namespace occam::trace {

namespace {

constexpr auto client = Direction::from_client;
constexpr auto server = Direction::from_server;
using F = Field;

constexpr std::array table{
    Layout{"SSLRequest", startup, client, {}, wire::frontend::ssl_request},
    Layout{"GSSENCRequest", startup, client, {}, wire::frontend::gss_request},
    Layout{"CancelRequest",
           startup,
           client,
           {{{F::number}, {F::number}}},
           wire::frontend::cancel_request},
    Layout{"StartupMessage", startup, client, {{{F::version}, {F::pairs}}}},

    Layout{"Query", 'Q', client, {{{F::text}}}},
    Layout{"Parse", 'P', client, {{{F::text}, {F::text}, {F::oids}}}},
    Layout{"Bind",
           'B',
           client,
           {{{F::text},
             {F::text},
             {F::formats, "formats"},
             {F::values, "values"},
             {F::formats, "results"}}}},
    Layout{"Describe", 'D', client, {{{F::letter}, {F::text}}}},
    Layout{"Execute", 'E', client, {{{F::text}, {F::number}}}},
    Layout{"Close", 'C', client, {{{F::letter}, {F::text}}}},
    Layout{"Sync", 'S', client, {}},
    Layout{"Flush", 'H', client, {}},
    Layout{"Terminate", 'X', client, {}},
    Layout{"CopyData", 'd', client, {{{F::rest}}}},
    Layout{"CopyDone", 'c', client, {}},
    Layout{"CopyFail", 'f', client, {{{F::text}}}},
    Layout{"FunctionCall",
           'F',
           client,
           {{{F::oid}, {F::formats, "formats"}, {F::values, "values"}, {F::small}}}},
    // Only the conversation tells these apart; a reader of the line sees which it could be.
    Layout{"Password", 'p', client, {{{F::text}}}, -1, true},
    Layout{"SASLInitialResponse", 'p', client, {{{F::text}, {F::value}}}, -1, true},
    Layout{"SASLResponse", 'p', client, {{{F::rest}}}, -1, true},

    Layout{"AuthenticationOk", 'R', server, {}, 0},
    Layout{"AuthenticationCleartextPassword", 'R', server, {}, 3},
    Layout{"AuthenticationMD5Password", 'R', server, {{{F::rest}}}, 5},
    Layout{"AuthenticationSASL", 'R', server, {{{F::names}}}, 10},
    Layout{"AuthenticationSASLContinue", 'R', server, {{{F::rest}}}, 11},
    Layout{"AuthenticationSASLFinal", 'R', server, {{{F::rest}}}, 12},
    Layout{"Authentication", 'R', server, {{{F::number}, {F::rest}}}},
    Layout{"BackendKeyData", 'K', server, {{{F::number}, {F::number}}}},
    Layout{"BindComplete", '2', server, {}},
    Layout{"CloseComplete", '3', server, {}},
    Layout{"CommandComplete", 'C', server, {{{F::text}}}},
    Layout{"CopyBothResponse", 'W', server, {{{F::tiny}, {F::formats}}}},
    Layout{"CopyData", 'd', server, {{{F::rest}}}},
    Layout{"CopyDone", 'c', server, {}},
    Layout{"CopyInResponse", 'G', server, {{{F::tiny}, {F::formats}}}},
    Layout{"CopyOutResponse", 'H', server, {{{F::tiny}, {F::formats}}}},
    Layout{"DataRow", 'D', server, {{{F::row}}}},
    Layout{"EmptyQueryResponse", 'I', server, {}},
    Layout{"ErrorResponse", 'E', server, {{{F::report, "ERROR"}}}},
    Layout{"FunctionCallResponse", 'V', server, {{{F::value}}}},
    Layout{"NegotiateProtocolVersion", 'v', server, {{{F::version}, {F::counted_names}}}},
    Layout{"NoData", 'n', server, {}},
    Layout{"NoticeResponse", 'N', server, {{{F::report, "NOTICE"}}}},
    Layout{"NotificationResponse", 'A', server, {{{F::number}, {F::text}, {F::text}}}},
    Layout{"ParameterDescription", 't', server, {{{F::oids}}}},
    Layout{"ParameterStatus", 'S', server, {{{F::text}, {F::text}}}},
    Layout{"ParseComplete", '1', server, {}},
    Layout{"PortalSuspended", 's', server, {}},
    Layout{"ReadyForQuery", 'Z', server, {{{F::letter}}}},
    Layout{"RowDescription", 'T', server, {{{F::columns}}}},
};

}  // namespace

std::span<const Layout> layouts() { return table; }

}  // namespace occam::trace
