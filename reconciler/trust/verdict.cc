#include "reconciler/trust/verdict.h"

namespace slipway::trust {

std::string_view ToString(Finding finding) {
  switch (finding) {
    case Finding::kGood:
      return "Good";
    case Finding::kUnsigned:
      return "Unsigned";
    case Finding::kUnknownKey:
      return "UnknownKey";
    case Finding::kExpired:
      return "KeyExpired";
    case Finding::kRevoked:
      return "KeyRevoked";
    case Finding::kNamespace:
      return "WrongNamespace";
    case Finding::kDamaged:
      return "Damaged";
    case Finding::kUnsupported:
      break;
  }
  return "Unsupported";
}

std::string Why(const Verdict& verdict) {
  const std::string key = verdict.key.empty() ? "a key" : "the key " + verdict.key;
  switch (verdict.finding) {
    case Finding::kGood:
      return "is signed by " + verdict.signer;
    case Finding::kUnsigned:
      return "is not signed";
    case Finding::kUnknownKey:
      return "is signed by " + key + ", which is not allowed";
    case Finding::kExpired:
      return "is signed by " + key + ", which is not valid at this time";
    case Finding::kRevoked:
      return "is signed by " + key + ", which is revoked";
    case Finding::kNamespace:
      return "has a signature that is not for Git";
    case Finding::kDamaged:
      return "has a signature that does not fit it: damaged, or copied from elsewhere";
    case Finding::kUnsupported:
      break;
  }
  return "has a signature of a kind that is not judged here";
}

std::string_view WhatToDo(Finding finding) {
  switch (finding) {
    case Finding::kUnsigned:
      return "sign it (git commit -S) and merge it again";
    case Finding::kUnknownKey:
      return "let somebody whose key is allowed merge it, or have the key added by a commit that an allowed "
             "key "
             "signed, and served, first";
    case Finding::kExpired:
      return "sign with a key that is valid now, or prolong this one: in allowed signers or with gpg "
             "--quick-set-expire, in a commit of its own that an allowed key signed";
    case Finding::kRevoked:
      return "sign it with another key that is allowed";
    case Finding::kNamespace:
      return "sign it with git commit -S, and let the key's line in allowed signers name namespaces=\"git\"";
    case Finding::kDamaged:
      return "make the commit again and sign it";
    case Finding::kUnsupported:
      return "sign it once, with an SSH key (gpg.format ssh) or an OpenPGP key";
    case Finding::kGood:
      break;
  }
  return "";
}

}  // namespace slipway::trust
