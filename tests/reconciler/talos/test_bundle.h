#pragma once

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <ctime>

#include "reconciler/talos/bundle.h"
#include "tests/reconciler/talos/upstream_data.h"

namespace slipway::talos {

/// A bundle for tests alone, made by `slipway secrets new`.
inline yaml::Value TestBundleFile() {
  return LoadYaml(fs::path(SLIPWAY_SOURCE_DIR) / "tests/testdata/bundle/secrets.yaml").front().root;
}

inline Bundle TestBundle() {
  const auto bundle = ReadBundle(TestBundleFile());
  EXPECT_TRUE(bundle) << bundle.error().front().message;
  return bundle ? *bundle : Bundle{};
}

/// `O = talos`, as `openssl x509 -subject` prints it.
inline std::string SubjectOf(const X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

inline int64_t TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  EXPECT_EQ(ASN1_TIME_to_tm(time, &parts), 1);
  return timegm(&parts);
}

}  // namespace slipway::talos
