#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The syntax of what Kubernetes nodes are marked with (apimachinery's validation), and what Talos keeps for
/// itself. Each function says what is wrong, "" when nothing is.
namespace slipway::kubernetes {

inline constexpr size_t kMostAnnotationBytes = 256 * 1024;  ///< keys and values in all

std::string LabelProblem(std::string_view key, std::string_view value);
std::string AnnotationProblem(std::string_view key, std::string_view value);

/// `value` is `value:effect` or `effect` alone, as Talos writes taints.
std::string TaintProblem(std::string_view key, std::string_view value);

}  // namespace slipway::kubernetes
