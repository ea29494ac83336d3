// How OpenSSL reads and writes a socket: its own way, but that a peer which is gone is an error and
// no SIGPIPE, which would end the process. The descriptor stays its owner's.
#pragma once

struct bio_st;

namespace occam::net {

// The caller's, to be given to an SSL; throws std::bad_alloc.
bio_st* new_socket_bio(int descriptor);

}  // namespace occam::net
