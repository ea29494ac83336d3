// Asks a server to cancel what one of its connections is doing: a connection of its own, one
// message, no answer; over TLS where the upstream is. A request that fails is as good as one that
// came too late. Keeps itself alive while it works.
#pragma once

#include <chrono>
#include <functional>

#include "proxy/net/stream.hpp"
#include "proxy/upstream/encryption.hpp"
#include "proxy/wire/backend.hpp"

namespace occam::upstream {

// `done` is called once, when the server has acted on the request or never will.
void send_cancel(net::Executor executor, const net::asio::ip::tcp::endpoint& server, Tls tls,
                 wire::backend::BackendKeyData key, std::chrono::milliseconds timeout,
                 std::function<void()> done);

}  // namespace occam::upstream
