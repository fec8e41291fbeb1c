#include "apply/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <ctime>
#include <memory>

namespace holdfast {
namespace {

using BioHandle = std::unique_ptr<BIO, decltype(&BIO_free)>;
using CertificateHandle = std::unique_ptr<X509, decltype(&X509_free)>;

std::string CommonName(X509* certificate) {
  std::array<char, 256> name{};
  const int size =
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                name.data(), static_cast<int>(name.size()));
  return size > 0 ? std::string(name.data(), static_cast<std::size_t>(size))
                  : "without a name";
}

std::string LastDay(X509* certificate) {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1)
    return "an unreadable date";
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d", &time);
  return {text.data(), size};
}

}  // namespace

Result<std::string> DescribeCertificate(std::string_view pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                      &BIO_free);
  const CertificateHandle certificate(
      bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr,
      &X509_free);
  if (!certificate) {
    ERR_clear_error();
    return Invalid("there is no PEM certificate in it");
  }
  return CommonName(certificate.get()) + ", valid until " + LastDay(certificate.get());
}

}  // namespace holdfast
