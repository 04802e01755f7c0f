#pragma once

namespace slipway::talos {

/// The minor versions of Kubernetes 1.x that a minor version of Talos 1.x runs, both ends included. Source:
/// pkg/machinery/compatibility; the window of six has moved by one with every release so far.
struct KubernetesRange {
  int oldest = 0;
  int newest = 0;
};

constexpr KubernetesRange KubernetesRangeOf(int talos_minor) { return {talos_minor + 18, talos_minor + 23}; }

}  // namespace slipway::talos
