#include "reconciler/talos/base_install.h"

namespace slipway::talos {

void CompleteInstall(Documents& documents, const std::string& image, Wipe wipe) {
  yaml::Value* document = FindDocument(documents, "UnattendedInstallConfig");
  if (document == nullptr) return;
  yaml::Value& installer = document->At("installer");
  if (!image.empty() && installer.Find("image") == nullptr) installer.At("image") = yaml::Value(image);
  if (wipe == Wipe::kDisk) document->At("provisioning").At("wipe") = yaml::Value(true);
}

}  // namespace slipway::talos
