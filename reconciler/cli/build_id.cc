#include "reconciler/cli/build_id.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <string_view>

#include "schema/contract/sha256.h"

namespace slipway::cli {
namespace {

struct Ids {
  std::string text;
  bool program = false;  ///< the first object is the program
  bool first = true;
};

size_t Aligned(size_t size) { return (size + 3) & ~size_t{3}; }

/// The id in a segment of notes (elf(5), "Notes"); "" where there is none.
std::string_view IdIn(std::string_view notes) {
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    const auto* head = reinterpret_cast<const ElfW(Nhdr)*>(notes.data());
    const size_t name = sizeof *head;
    const size_t body = name + Aligned(head->n_namesz);
    if (body + head->n_descsz > notes.size()) return {};
    if (head->n_type == NT_GNU_BUILD_ID && head->n_namesz == sizeof "GNU" && notes.substr(name, 3) == "GNU")
      return notes.substr(body, head->n_descsz);
    notes.remove_prefix(std::min(notes.size(), body + Aligned(head->n_descsz)));
  }
  return {};
}

int AddObject(dl_phdr_info* info, size_t, void* data) {
  auto* ids = static_cast<Ids*>(data);
  std::string_view found;
  for (size_t i = 0; i < info->dlpi_phnum && found.empty(); ++i) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const auto* begin = reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr);
    found = IdIn({begin, segment.p_memsz});
  }
  if (ids->first) ids->program = !found.empty();
  ids->first = false;
  ids->text += info->dlpi_name;
  ids->text += found;
  return 0;
}

}  // namespace

std::string BuildId() {
  Ids ids;
  dl_iterate_phdr(AddObject, &ids);
  return ids.program ? Sha256::Of(ids.text).ToHex() : "";
}

}  // namespace slipway::cli
