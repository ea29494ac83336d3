#include "tests/support/certificates.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace occam::test {
namespace {

constexpr long day = 24L * 60 * 60;

template <class Write>
void write_pem(const std::string& file, Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new_file(file.c_str(), "w"), BIO_free);
  if (!out || write(out.get()) != 1) throw std::runtime_error("cannot write " + file);
}

void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX about;
  X509V3_set_ctx(&about, issuer, certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_conf_nid(nullptr, &about, nid, value.c_str());
  if (extension == nullptr) throw std::runtime_error("no such extension: " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Folder::Folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "occam-tls-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder " + pattern);
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Authority::Authority(const Folder& folder, const std::string& name)
    : folder_(folder),
      file_(folder.path(name + ".pem")),
      key_(EVP_EC_gen("P-256"), EVP_PKEY_free),
      own_(blank(name, key_.get(), 2)) {
  finish(own_.get(), "", true);
  write_pem(file_, [&](BIO* out) { return PEM_write_bio_X509(out, own_.get()); });
}

PemFiles Authority::sign(const std::string& name, const std::string& names, int days) const {
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const auto certificate = blank(name, key.get(), days);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(own_.get()));
  finish(certificate.get(), names, false);
  const PemFiles files{folder_.path(name + ".pem"), folder_.path(name + ".key")};
  write_pem(files.certificate,
            [&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
  write_pem(files.key, [&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return files;
}

Authority::Certificate Authority::blank(const std::string& name, EVP_PKEY* key, int days) {
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), std::rand());
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3 * day);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), days * day);
  auto* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), subject);
  X509_set_pubkey(made.get(), key);
  return made;
}

void Authority::finish(X509* certificate, const std::string& names, bool authority) const {
  extend(certificate, own_.get(), NID_basic_constraints,
         authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!names.empty()) extend(certificate, own_.get(), NID_subject_alt_name, names);
  if (X509_sign(certificate, key_.get(), EVP_sha256()) == 0)
    throw std::runtime_error("cannot sign a certificate");
}

}  // namespace occam::test
