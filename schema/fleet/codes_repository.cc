// SW2xxx: the repository. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {2001, R"(SW2001: symbolic link

Symbolic links are not followed: what is served must be what the revision itself holds at the
path that was reviewed.

Wrong:

    nodes/worker-2.yaml -> worker-1.yaml

Right:

    (the file itself)
)"},
    {2002, R"(SW2002: symbolic link out of the repository

The link points outside of what the revision holds, at files of whatever machine reads it.

Wrong:

    patches/common.yaml -> ../../etc/passwd

Right:

    (the file itself in the repository)
)"},
    {2003, R"(SW2003: submodule

The files of Git submodules are not fetched: they are other repositories, with approvals of
their own.

Wrong:

    (a submodule at vendor/patches)

Right:

    (its files copied in, or `vendor/` in .slipwayignore)
)"},
    {2004, R"(SW2004: Git LFS pointer

The file lies in Git LFS and the revision only holds a note where. Slipway reads Git alone.

Wrong:

    version https://git-lfs.github.com/spec/v1

Right:

    (the file in Git itself)
)"},
    {2005, R"(SW2005: file too large to read

YAML files may have 1 MiB. Larger ones that are no resources can be excluded.

Wrong:

    (a dump of 20 MB in dump.yaml)

Right:

    (`dump.yaml` in .slipwayignore)
)"},
    {2006, R"(SW2006: too many files

The tree has more than a million files, so nothing of it was read.

Wrong:

    source: {url: …}   # a monorepo

Right:

    source: {url: …, path: fleets/home}
)"},
    {2007, R"(SW2007: unusable path

The path of a YAML file holds bytes that are no printable UTF-8, so no message or page could
name it.

Wrong:

    (nodes/w\xff.yaml)

Right:

    nodes/worker.yaml
)"},
    {2008, R"(SW2008: no resources

No YAML file of the tree holds a Slipway resource. The repository may be empty, source.path may
point elsewhere, or .slipwayignore may exclude too much. A repository begins with a Site.

Wrong:

    (an empty repository)

Right:

    apiVersion: slipway/v1alpha1
    kind: Site
    metadata: {name: home}
    spec:
      bootServer: {url: "http://10.0.5.10:8080"}
)"},
    {2009, R"(SW2009: unusable .slipwayignore

The list of excluded paths is a UTF-8 text file of at most 64 KiB with the rules of .gitignore.

Wrong:

    (a symbolic link)

Right:

    # notes
    docs/
    *.tmp.yaml
    !keep.tmp.yaml
)"},
    {2010, R"(SW2010: unusable file of keys

The keys that may sign revisions are read from files of the repository. A file with a line that
nothing understands would lock its owner out once it is served, so it is refused before.
`allowedSigners` has lines of principals, options and an SSH key (ssh-keygen(1), ALLOWED SIGNERS),
`revokedKeys` one SSH key a line or a list of `ssh-keygen -k`, `pgpKeys` what `gpg --armor --export` writes.

Wrong:

    ada@example.org AAAAC3NzaC1lZDI1NTE5AAAAILJ0...

Right:

    ada@example.org namespaces="git" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILJ0...
)"},
};

}  // namespace

std::span<const CodeText> RepositoryCodes() { return kTexts; }

}  // namespace slipway
