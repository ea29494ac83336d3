#include "proxy/net/certificate.hpp"

#include <ctime>
#include <memory>
#include <string_view>

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "proxy/net/tls.hpp"

namespace occam::net {
namespace {

using Kind = TlsFailure::Kind;

constexpr std::size_t longest_text = 200;
constexpr int most_names = 8;

std::string printable(std::string_view text) {
  std::string clean(text.substr(0, longest_text));
  for (auto& letter : clean)
    if (letter < ' ' || letter > '~') letter = '?';
  return clean;
}

std::string name_text(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) return "";
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return printable({bytes, static_cast<std::size_t>(size)});
}

std::string text_of(const ASN1_STRING* text) {
  return printable({reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                    static_cast<std::size_t>(ASN1_STRING_length(text))});
}

std::string address_text(const ASN1_OCTET_STRING* bytes) {
  char text[INET6_ADDRSTRLEN] = "?";
  const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  if (ASN1_STRING_length(bytes) == 4 || ASN1_STRING_length(bytes) == 16)
    ::inet_ntop(family, ASN1_STRING_get0_data(bytes), text, sizeof text);
  return text;
}

std::chrono::sys_seconds instant(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

std::string time_text(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
  char text[32] = "";
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text;
}

// Whom the certificate is for, as a name is looked for in it.
std::string names(const X509* certificate) {
  struct FreeNames {
    void operator()(GENERAL_NAMES* all) const { GENERAL_NAMES_free(all); }
  };
  const std::unique_ptr<GENERAL_NAMES, FreeNames> all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string list;
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    if (i >= most_names) return list + " and more";
    list += list.empty() ? "" : ", ";
    list += name->type == GEN_DNS ? text_of(name->d.dNSName) : address_text(name->d.iPAddress);
  }
  return list.empty() ? subject(*certificate) : list;
}

std::string wanted(X509_STORE_CTX* verification) {
  auto* parameters = X509_STORE_CTX_get0_param(verification);
  if (const char* host = X509_VERIFY_PARAM_get0_host(parameters, 0)) return host;
  const std::unique_ptr<char, void (*)(char*)> address(X509_VERIFY_PARAM_get1_ip_asc(parameters),
                                                       [](char* text) { OPENSSL_free(text); });
  return address ? address.get() : "";
}

TlsFailure objection(X509_STORE_CTX* verification) {
  const int error = X509_STORE_CTX_get_error(verification);
  auto* certificate = X509_STORE_CTX_get_current_cert(verification);
  if (error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH)
    return {Kind::wrong_name, "its certificate is for " +
                                  names(X509_STORE_CTX_get0_cert(verification)) + ", not for " +
                                  wanted(verification)};
  std::string reason = "its certificate is not accepted: ";
  reason += X509_verify_cert_error_string(error);
  if (certificate == nullptr) return {Kind::not_trusted, reason};
  reason += " (" + subject(*certificate);
  if (error == X509_V_ERR_CERT_HAS_EXPIRED)
    reason += ", valid until " + valid_until(*certificate);
  else if (error == X509_V_ERR_CERT_NOT_YET_VALID)
    reason += ", valid from " + time_text(X509_get0_notBefore(certificate));
  else
    reason += ", signed by " + issuer(*certificate);
  return {Kind::not_trusted, reason + ")"};
}

}  // namespace

std::string subject(const x509_st& certificate) {
  return name_text(X509_get_subject_name(&certificate));
}

std::string issuer(const x509_st& certificate) {
  return name_text(X509_get_issuer_name(&certificate));
}

std::string valid_until(const x509_st& certificate) {
  return time_text(X509_get0_notAfter(&certificate));
}

CertificateFacts facts_of(const x509_st& certificate) {
  return {names(&certificate), issuer(certificate), instant(X509_get0_notBefore(&certificate)),
          instant(X509_get0_notAfter(&certificate))};
}

int note_objection(int accepted, x509_store_ctx_st* verification) {
  if (accepted == 1) return 1;
  auto* session = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  static_cast<Tls*>(SSL_get_app_data(session))->object(objection(verification));
  return 0;
}

}  // namespace occam::net
