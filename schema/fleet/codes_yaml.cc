// SW10xx: YAML. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {1001, R"(SW1001: not valid YAML

The text breaks the grammar of YAML 1.2, most often by a wrong indentation, a tab, or an
unquoted value that holds ': ' or begins with a special character.

Wrong:

    note: rack 4: top

Right:

    note: "rack 4: top"
)"},
    {1002, R"(SW1002: not UTF-8

YAML files are UTF-8 text. The file is in another encoding, or it is binary.

Wrong:

    (a file saved as UTF-16 or Latin-1)

Right:

    (the same file saved as UTF-8)
)"},
    {1003, R"(SW1003: a character YAML does not allow

Control characters, NUL among them, cannot stand in a YAML file. In double quotes they can be
written as escapes.

Wrong:

    (a raw escape byte, 0x1B)

Right:

    prompt: "\x1b[0m"
)"},
    {1011, R"(SW1011: YAML file too large

A YAML file may have 1 MiB. Larger ones are not read at all.

Wrong:

    (one file with ten thousand nodes)

Right:

    (a file per node, or per rack)
)"},
    {1012, R"(SW1012: nested too deeply

Lists and mappings may be nested 64 levels deep, aliases expanded.

Wrong:

    a: [[[[ … more than 64 … ]]]]

Right:

    a: [1, 2, 3]
)"},
    {1013, R"(SW1013: too many values

A file may hold 200,000 values and 4 MiB of text once its aliases are expanded. A few aliases of
aliases reach that with a handful of lines.

Wrong:

    a: &a [x, x, x]
    b: &b [*a, *a, *a]   # and so on

Right:

    (the lists written out, or files split)
)"},
    {1014, R"(SW1014: value too long

A single value may have 256 KiB.

Wrong:

    blob: "… a megabyte of base64 …"

Right:

    (the data in an Asset, or on a server)
)"},
    {1015, R"(SW1015: too many problems in a file

A hundred problems were found in one file and the rest of it was not looked at. Usually one
mistake near the top causes them.

Wrong:

    (a list pasted a thousand times)

Right:

    (the first problems corrected)
)"},
    {1021, R"(SW1021: unknown alias

An alias (`*name`) repeats the value of an anchor (`&name`) that stands before it in the same
document. Text that begins with a star must be quoted.

Wrong:

    glob: *.log

Right:

    glob: "*.log"
)"},
    {1022, R"(SW1022: cyclic alias

An alias stands inside the very value that its anchor names, so the document would have no end.

Wrong:

    a: &a [1, *a]

Right:

    a: [1, 2]
)"},
    {1031, R"(SW1031: unsupported tag

Only the core tags are read: !!str, !!int, !!float, !!bool, !!null, !!seq, !!map. Others, like
those of other tools, mean nothing here.

Wrong:

    key: !vault secret

Right:

    key: secret
)"},
    {1032, R"(SW1032: value does not fit its tag

The value cannot be what its tag says.

Wrong:

    count: !!int many

Right:

    count: 12
)"},
    {1040, R"(SW1040: key is not a word

The keys of a mapping are plain words. Lists, mappings and null cannot be keys.

Wrong:

    ? [a, b]
    : 1

Right:

    ab: 1
)"},
    {1041, R"(SW1041: merge key

Merge keys (`<<`) belong to YAML 1.1 and mean different things to different readers, so they are
refused. What several nodes share belongs into a patch file or into the Cluster.

Wrong:

    spec:
      <<: *defaults
      role: worker

Right:

    spec:
      cluster: home
      role: worker
)"},
    {1042, R"(SW1042: duplicate key

A mapping has the same key twice. YAML forbids it, and readers that allow it disagree about
which one counts.

Wrong:

    role: worker
    role: controlplane

Right:

    role: controlplane
)"},
};

}  // namespace

std::span<const CodeText> YamlCodes() { return kTexts; }

}  // namespace slipway
