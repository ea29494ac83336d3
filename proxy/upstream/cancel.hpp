// Asks a server to cancel what one of its connections is doing: a connection of its own, one
// message, no answer. Never reports: a request that fails is as good as one that came too late.
// Keeps itself alive while it works.
#pragma once

#include <chrono>

#include "proxy/net/stream.hpp"
#include "proxy/wire/backend.hpp"

namespace occam::upstream {

void send_cancel(net::Executor executor, const net::asio::ip::tcp::endpoint& server,
                 wire::backend::BackendKeyData key, std::chrono::milliseconds timeout);

}  // namespace occam::upstream
