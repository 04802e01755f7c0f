// SW14xx: rendering; SW30xx: the daemon's own file. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {1401, R"(SW1401: base config

The file that spec.talos.base names is not a Talos machine config: it is empty, or it has no main document (the one
with `machine:` and `cluster:`), or one of these is not a mapping.

Wrong:

    # base/worker.yaml
    apiVersion: v1alpha1
    kind: HostnameConfig

Right:

    the whole file that `talosctl gen config` made, controlplane.yaml or worker.yaml
)"},
    {1402, R"(SW1402: a patch that cannot be applied

A strategic merge patch has the shape of the machine config it changes. It is refused when it gives a field another
shape (a list where a mapping is), or deletes what is not there.

Wrong:

    machine:
      sysctls: ["vm.nr_hugepages=1024"]
      network: {$patch: remove}

Right:

    machine:
      sysctls: {vm.nr_hugepages: "1024"}
      network: {$patch: delete}
)"},
    {1403, R"(SW1403: a machine config that Talos refuses

What a node's base, its own settings and the patches come to together is checked as `talosctl validate
--mode metal` checks it. The message is at the line that set the value, also when a patch did.

Wrong:

    machine: {type: worker, ca: {crt: LS0t..., key: LS0t...}}

Right:

    machine: {type: worker, ca: {crt: LS0t..., key: ""}}
)"},
    {1404, R"(SW1404: a machine config that does not fit Talos' schema

Where the official JSON schema of the Talos version is given (spec.talos.schema of the Cluster, or `talos.schemas` of the
daemon), every document of a rendered config is checked against it, after the checks of SW1403. What that schema is known to
get wrong is allowed; contrib/VALIDATION.md lists it. The message is at the line that set the value.

Wrong:

    machine: {logging: {destinations: [{endpoint: "udp://10.0.128.9:514", format: json}]}}

Right:

    machine: {logging: {destinations: [{endpoint: "udp://10.0.128.9:514", format: json_lines}]}}
)"},
    {1405, R"(SW1405: an unusable schema

The file that spec.talos.schema names is not the JSON schema that Talos publishes for machine configs: it is no JSON, or has
another `$id`, or says what this Slipway cannot check.

Wrong:

    schema: schemas/kubernetes.json

Right:

    schema: schemas/config.schema.json      # pkg/machinery/config/schemas/config.schema.json of Talos v1.11.6
)"},
    {1406, R"(SW1406: the schema of another Talos version

Each minor release of Talos has a schema of its own; the one that spec.talos.schema names is of another release than
spec.talos.version. Update the two together.

Wrong:

    talos: {version: v1.12.0, schema: schemas/config.schema.v1.11.json, …}

Right:

    talos: {version: v1.12.0, schema: schemas/config.schema.v1.12.json, …}
)"},
    {1411, R"(SW1411: a template that does not parse

Templates are Mustache: {{name}} puts a value in, {{#name}} … {{/name}} is there when it is true, {{^name}} … {{/name}}
when it is not. Tags must be closed, sections in the order they were opened, and the delimiters stay {{ and }}.

Wrong:

    {{#menu}} menu {{hostname}

Right:

    {{#menu}} menu {{hostname}} {{/menu}}
)"},
    {1412, R"(SW1412: unknown variable in a template

Each template lists its variables in its head. A name that is not among them would silently become nothing on a machine's
console at three in the morning, so it is refused, also in a section that is not taken.

Wrong:

    kernel {{kernel}} …

Right:

    kernel {{kernel_url}} …
)"},
    {1413, R"(SW1413: a partial that cannot be used

{{> name}} puts in templates/name.mustache. There must be such a file, and partials may nest 16 deep: a partial that
includes itself, by way of others too, never ends.

Wrong:

    templates/a.mustache: {{> b}}      templates/b.mustache: {{> a}}

Right:

    templates/a.mustache: {{> b}}      templates/b.mustache: echo done
)"},
    {1414, R"(SW1414: a script names a file that is not served

Whatever a script tells a machine to fetch from the boot server must be in the same generation, or the machine stops
there. Use the URLs that the template is given.

Wrong:

    kernel {{base_url}}/vmlinuz …

Right:

    kernel {{kernel_url}} …
)"},
    {3001, R"(SW3001: the daemon's file

A value in slipway.yaml, or of the flag that stands for it, does not make sense together with the others: no repository is
named, proxyDHCP is on without an interface, branch and tag are both given, a duration or an address cannot be read.

Wrong:

    boot: {dhcp: proxy}

Right:

    boot: {dhcp: proxy, interfaces: [eth1]}
)"},
};

}  // namespace

std::span<const CodeText> RenderCodes() { return kTexts; }

}  // namespace slipway
