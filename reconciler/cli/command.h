#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace slipway::cli {

/// What a command ends with: 0 all is well, 1 it found problems, 2 it could not run.
enum ExitCode : int { kOk = 0, kFoundProblems = 1, kCouldNotRun = 2 };

/// Each command adds itself to the program and leaves in `run` what to do when it is chosen. Commands own
/// their options through the lambda, so that no option outlives its parser.
using Run = std::function<int()>;

void AddServe(CLI::App& app, Run& run);
void AddReconcile(CLI::App& app, Run& run);
void AddForge(CLI::App& app, Run& run);
void AddValidate(CLI::App& app, Run& run);
void AddRender(CLI::App& app, Run& run);
void AddGet(CLI::App& app, Run& run);
void AddLog(CLI::App& app, Run& run);
void AddExplain(CLI::App& app, Run& run);
void AddSecrets(CLI::App& app, Run& run);  ///< secrets new
void AddTalosconfig(CLI::App& app, Run& run);
void AddAsset(CLI::App& app, Run& run);
void AddImport(CLI::App& app, Run& run);
void AddOperator(CLI::App& app, Run& run);  ///< sync, rollback, suspend, resume, accept, block, propose
void AddPlan(CLI::App& app, Run& run);
void AddDoctor(CLI::App& app, Run& run);
void AddSimulate(CLI::App& app, Run& run);
void AddTalos(CLI::App& app, Run& run);
void AddTalosGen(CLI::App& talos, Run& run);  ///< gen config
void AddTalosPatch(CLI::App& talos, Run& run);
void AddTalosValidate(CLI::App& talos, Run& run);
void AddTrace(CLI::App& app, Run& run);
void AddVerify(CLI::App& app, Run& run);
void AddVersion(CLI::App& app, Run& run);
void AddCompletion(CLI::App& app, Run& run);

/// `slipway: <message>` on standard error.
int Fail(const std::string& message, ExitCode code = kCouldNotRun);

enum class Output { kText, kJson, kSarif };
/// Adds `--output text|json[|sarif]`.
void AddOutputFlag(CLI::App& command, Output& output, std::vector<std::string> allowed);

}  // namespace slipway::cli
