// SW15xx: encrypted files. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {1501, R"(SW1501: an encrypted file and no identity

A base config or a patch is encrypted with SOPS or age, and Slipway was given no age identity. Nothing of the revision is
used. The message names the recipients; the identity of any one of them opens the file.

Wrong:

    slipway validate fleet/

Right:

    slipway validate fleet/ --identity ~/.config/sops/age/keys.txt

    # slipway.yaml, for the daemon; a systemd credential named slipway-age is found by itself
    secrets: {identity_files: [/etc/slipway/age.txt]}
)"},
    {1502, R"(SW1502: none of the identities opens an encrypted file

The file is encrypted to other recipients than the ones whose identities Slipway was given. The message names both. Either
this host was given the wrong identity, or its recipient is not among those the file is encrypted to.

Wrong:

    # .sops.yaml
    creation_rules: [{age: age1…}]                 # the author's alone

Right:

    # .sops.yaml, then `sops updatekeys FILE`
    creation_rules: [{age: "age1…, age1…"}]        # the author's and the boot server's
)"},
    {1503, R"(SW1503: a damaged encrypted file

An encrypted file, or one value in it, is not what its author wrote: a byte was changed, lines are missing, or a value was
copied to another place (a value only decrypts under the path it was encrypted for). Nothing of the file is used.

Wrong:

    token: ENC[AES256_GCM,data:…]     # copied here from another key, or edited by hand

Right:

    edit with `sops FILE`, or restore the file with `git checkout`
)"},
    {1504, R"(SW1504: the MAC of a SOPS file does not fit

SOPS writes a code over all values into `sops.mac`. It is missing, or does not fit: values were added, removed, reordered or
changed by something other than `sops`. A merge of two branches that both changed the file ends like this.

Wrong:

    <<<<<<< solved by keeping some lines of either side

Right:

    git checkout --theirs secrets.yaml, then make the other change again with `sops secrets.yaml`
)"},
    {1505, R"(SW1505: encryption that Slipway does not read

Slipway decrypts with age X25519 identities by itself, and with nothing else: no PGP, no cloud key service, no SSH keys, no
passphrases, no age plugins or post-quantum recipients, no key split over several groups, no choice of values by comments.
A file may have such recipients beside an age one.

Wrong:

    # .sops.yaml
    creation_rules: [{pgp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21}]

Right:

    # .sops.yaml; age-keygen makes the pair, `sops updatekeys FILE` adds it
    creation_rules: [{pgp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21, age: age1…}]
)"},
    {1506, R"(SW1506: the metadata of a SOPS file

The `sops` mapping at the end of the file is not what SOPS writes: a field is missing or malformed, two rules say which values
are encrypted, or a document is no mapping.

Wrong:

    sops: {unencrypted_suffix: _clear, encrypted_regex: ^data$, …}

Right:

    sops: {encrypted_regex: ^data$, …}
)"},
    {1507, R"(SW1507: secrets that are not encrypted

The file holds private keys or tokens of a cluster in clear text, so everybody who can read the repository, now or later, can
control the cluster. It is a warning; with `requireEncryptedSecrets: true` in the Site's spec the revision is refused.

Wrong:

    # base/controlplane.yaml, as `talosctl gen config` wrote it
    machine: {token: …, ca: {crt: …, key: …}}

Right:

    sops encrypt --in-place --encrypted-regex '^(token|key|secret|.*[Ss]ecret)$' base/controlplane.yaml
    # and make the cluster new secrets: what was once pushed stays in the history
)"},
};

}  // namespace

std::span<const CodeText> SecretCodes() { return kTexts; }

}  // namespace slipway
