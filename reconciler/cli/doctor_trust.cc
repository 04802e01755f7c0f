// Whether signatures can be judged on this host.
#include "reconciler/cli/doctor.h"
#include "reconciler/daemon/trust_gate.h"
#include "reconciler/trust/program.h"

namespace slipway::cli {
namespace {

using Level = Finding::Level;

Finding LookForProgram(const std::string& name, const std::string& argument, const std::string& package) {
  trust::Program program;
  program.words = {name, argument};
  const auto ended = trust::RunProgram(program);
  if (!ended) return {Level::kBad, "signatures", ended.error().message, "apt install " + package};
  return {Level::kGood, "signatures", name + " is there", ""};
}

}  // namespace

Findings LookAtTrust(const DaemonConfig& config) {
  const VerifySettings& verify = config.source.verify;
  Findings findings;
  if (verify.history == trust::HistoryRule::kAny) {
    findings.push_back({Level::kWarning, "history", "a branch that is rewritten or moved back is served",
                        "leave source.verify.history out, unless that is wanted"});
  }
  if (verify.mode == trust::Mode::kOff && verify.allowed_signers.empty() && verify.pgp_keys.empty()) {
    findings.push_back({Level::kGood, "signatures", "none are asked for (source.verify.mode)", ""});
    return findings;
  }
  const auto keys = ReadHostKeys(verify);
  if (!keys) findings.push_back({Level::kBad, "signatures", keys.error().message, "see contrib/TRUST.md"});
  findings.push_back(LookForProgram("ssh-keygen", "-?", "openssh-client"));
  findings.push_back(LookForProgram("gpgv", "--version", "gpgv"));
  return findings;
}

}  // namespace slipway::cli
