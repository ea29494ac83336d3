// What the relay knows to stand on one upstream connection: prepared statements and settings. Goes
// with the connection from one client's session to the next; opaque to whoever passes it on.
#pragma once

namespace occam::relay {

struct UpstreamSession {};

}  // namespace occam::relay
