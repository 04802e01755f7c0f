// SW11xx: a resource against its JSON Schema. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {1101, R"(SW1101: unknown apiVersion

Every resource begins with the version of its format. There is one so far.

Wrong:

    apiVersion: slipway/v1

Right:

    apiVersion: slipway/v1alpha1
)"},
    {1102, R"(SW1102: unknown kind

The kinds are Site, Cluster, Node and Asset, spelled like that.

Wrong:

    kind: node

Right:

    kind: Node
)"},
    {1103, R"(SW1103: foreign document among resources

A file that holds Slipway resources holds nothing else: otherwise a slip in an apiVersion would
make a machine disappear without a word.

Wrong:

    apiVersion: slipway/v1alpha1
    kind: Node
    …
    ---
    machine: {}

Right:

    (the second document in a file of its own)
)"},
    {1111, R"(SW1111: wrong type

The value is not of the type its field has. Unquoted numbers and true/false are not strings, a
single value is no list, and a key without a value is null.

Wrong:

    serial: 12345678
    macs: 52:54:00:12:34:56

Right:

    serial: "12345678"
    macs: ["52:54:00:12:34:56"]
)"},
    {1112, R"(SW1112: unknown field

The schema has no such field here. It may be misspelled or stand at the wrong level. Unknown
fields are refused so that a typing error cannot be passed over in silence.

Wrong:

    network:
      adress: [10.0.128.2/24]

Right:

    network:
      addresses: [10.0.128.2/24]
)"},
    {1113, R"(SW1113: missing field

A field without a default is not there.

Wrong:

    spec:
      cluster: home
      identity: {macs: ["52:54:00:12:34:56"]}

Right:

    spec:
      cluster: home
      role: worker
      identity: {macs: ["52:54:00:12:34:56"]}
)"},
    {1114, R"(SW1114: value not among the allowed ones

The field takes one of a few words.

Wrong:

    role: master

Right:

    role: controlplane
)"},
    {1115, R"(SW1115: wrong form

The text does not have the form that its field asks for.

Wrong:

    control: {listen: 8470}

Right:

    control: {listen: "127.0.0.1:8470"}
)"},
    {1116, R"(SW1116: number out of range

The number is below the least or above the greatest value of its field.

Wrong:

    boot: {http_port: 80800}

Right:

    boot: {http_port: 8080}
)"},
    {1117, R"(SW1117: too few or too many

A list has too few or too many items, or a text too few or too many characters.

Wrong:

    identity: {macs: []}

Right:

    identity: {macs: ["52:54:00:12:34:56"]}
)"},
    {1118, R"(SW1118: exactly one of two fields

Two fields exclude each other and one of them is needed. A patch is a file or it is written in
place.

Wrong:

    patches:
      - file: patches/nvme.yaml
        inline: {machine: {}}

Right:

    patches:
      - file: patches/nvme.yaml
      - inline: {machine: {}}
)"},
    {1119, R"(SW1119: does not fit its schema

The document breaks its JSON Schema in a way that has no message of its own. The message quotes
the validator.

Wrong:

    (see the message)

Right:

    (see schema/*.schema.json)
)"},
};

}  // namespace

std::span<const CodeText> SchemaCodes() { return kTexts; }

}  // namespace slipway
