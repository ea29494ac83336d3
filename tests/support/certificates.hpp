// Certificates for tests of TLS, made anew for each run: an authority and what it signs, as PEM
// files in a folder that goes when it goes.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace occam::test {

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

struct PemFiles {
  std::string certificate;
  std::string key;
};

class Authority {
 public:
  // Its own certificate is written to folder/NAME.pem.
  Authority(const Folder& folder, const std::string& name);

  const std::string& file() const { return file_; }
  // `names` as OpenSSL writes them: "DNS:a.example,IP:127.0.0.1". Negative days: it has expired.
  PemFiles sign(const std::string& name, const std::string& names, int days = 2) const;

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  static Certificate blank(const std::string& name, EVP_PKEY* key, int days);
  void finish(X509* certificate, const std::string& names, bool authority) const;

  const Folder& folder_;
  std::string file_;
  Key key_;
  Certificate own_;
};

}  // namespace occam::test
