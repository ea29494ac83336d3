// What a certificate says, in words for people, and what there is to say against one that was
// refused. Its text is a stranger's: only what can be printed is passed on.
#pragma once

#include <chrono>
#include <string>

struct x509_st;
struct x509_store_ctx_st;

namespace occam::net {

// Whose it is, as "CN=db.example", and who has signed it.
std::string subject(const x509_st& certificate);
std::string issuer(const x509_st& certificate);
// "2027-01-31 10:00:00 UTC".
std::string valid_until(const x509_st& certificate);

struct CertificateFacts {
  std::string names;  // the hosts and addresses it is for; its subject where it lists none
  std::string issuer;
  std::chrono::sys_seconds from;
  std::chrono::sys_seconds until;
};
CertificateFacts facts_of(const x509_st& certificate);

// OpenSSL's verify callback, for both roles: tells the Tls whose handshake runs what is wrong, and
// lets the verdict stand.
int note_objection(int accepted, x509_store_ctx_st* verification);

}  // namespace occam::net
