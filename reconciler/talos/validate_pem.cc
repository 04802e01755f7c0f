// PEM text in documents, which have it as it is.
#include "reconciler/talos/key.h"
#include "reconciler/talos/validate_parts.h"

namespace slipway::talos {

std::string CertificateProblem(std::string_view pem) {
  if (pem.empty()) return "it is missing";
  if (PemLabel(pem).empty()) return "it holds no PEM block";
  return PemLabel(pem) == "CERTIFICATE" ? "" : "its PEM block is not a certificate";
}

std::string KeyProblem(std::string_view pem) {
  if (pem.empty()) return "it is missing";
  const auto key = ReadKey(pem);
  return key ? "" : key.error().message;
}

std::string IdentityProblem(std::string_view certificate, std::string_view key) {
  if (std::string problem = CertificateProblem(certificate); !problem.empty())
    return "the certificate is wrong: " + problem;
  if (const auto read = ReadCertificate(certificate); !read)
    return "the certificate is wrong: " + read.error().message;
  const std::string problem = KeyProblem(key);
  return problem.empty() ? "" : "the key is wrong: " + problem;
}

}  // namespace slipway::talos
