"""A forge's own description of its API (OpenAPI 3, Swagger 2): does a request, or a reply, fit it?"""
import json
import re
import urllib.parse

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


class Description:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.root = json.loads(re.sub(r"\{\{[^}]*\}\}", "", file.read()))  # Gitea's is a template of its page
        self.openapi = "openapi" in self.root
        self.problems = []

    def follow(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.root
            for word in node["$ref"][2:].split("/"):
                target = target[word.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def operation(self, method, path):
        """The operation, its path literal where two fit."""
        found = None
        for template, item in self.root["paths"].items():
            pattern = "/".join(".+" if word == "{path}" or word == "{filepath}" else "[^/]+" if word.startswith("{")
                               else re.escape(word) for word in template.split("/"))
            if re.fullmatch(pattern, path) and method.lower() in item:
                if found is None or template.count("{") < found[0].count("{"):
                    found = (template, item[method.lower()], item)
        return found

    def check(self, value, schema, where, complete):
        """Problems of a value; `complete`: with all that is required. A field that is not described is one always."""
        schema = self.follow(schema)
        if value is None and (schema.get("nullable") or not self.openapi or "type" not in schema):
            return []
        for word in ("anyOf", "oneOf"):
            if word in schema:
                tries = [self.check(value, {**{k: v for k, v in schema.items() if k != word}, **self.follow(one)}, where, complete)
                         for one in schema[word]]
                return min(tries, key=len)
        merged = {"properties": {}, "required": []}
        for part in [schema] + [self.follow(one) for one in schema.get("allOf", [])]:
            merged["properties"].update(part.get("properties", {}))
            merged["required"] += part.get("required", [])
        kind = schema.get("type", "object" if merged["properties"] else None)
        if kind and (not isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, bool))):
            return ["%s: %r is no %s" % (where, value, kind)]
        if "enum" in schema and value not in schema["enum"]:
            return ["%s: %r is none of %s" % (where, value, schema["enum"])]
        problems = []
        if isinstance(value, list):
            for one in value:
                problems += self.check(one, schema.get("items", {}), where + "[]", complete)
        if isinstance(value, dict) and merged["properties"]:
            for name, inner in value.items():
                if name in merged["properties"]:
                    problems += self.check(inner, merged["properties"][name], where + "." + name, complete)
                elif schema.get("additionalProperties") in (None, False):
                    problems.append("%s.%s is not described" % (where, name))
        if isinstance(value, dict) and complete:
            problems += ["%s.%s is required" % (where, name) for name in merged["required"] if name not in value]
        return problems

    def parameters(self, operation, item):
        return [self.follow(one) for one in operation.get("parameters", []) + item.get("parameters", [])]

    def body_schema(self, operation, item):
        if self.openapi:
            content = self.follow(operation.get("requestBody", {})).get("content", {})
            return content.get("application/json", {}).get("schema")
        return next((one["schema"] for one in self.parameters(operation, item) if one["in"] == "body"), None)

    def reply_schema(self, operation, status):
        """Nothing where that status is not described."""
        reply = self.follow(operation["responses"].get(str(status)))
        if reply is None:
            return None
        if not self.openapi:
            return reply.get("schema", {})
        content = reply.get("content", {})
        return next((one["schema"] for name, one in content.items() if name.endswith("json") and "schema" in one), {})

    def request(self, method, path, body):
        """Problems of a request."""
        plain, _, query = path.partition("?")
        found = self.operation(method, plain)
        if not found:
            return ["%s %s is no call of the API" % (method, plain)]
        template, operation, item = found
        known = {one["name"]: one for one in self.parameters(operation, item) if one["in"] == "query"}
        problems = []
        for name, value in urllib.parse.parse_qsl(query):
            if name not in known:
                problems.append("%s %s: ?%s is not described" % (method, template, name))
                continue
            allowed = self.follow(known[name].get("schema", known[name])).get("enum")
            if allowed and value not in allowed:
                problems.append("%s %s: ?%s=%s is none of %s" % (method, template, name, value, allowed))
        if body is not None:
            schema = self.body_schema(operation, item)
            problems += ["no body is described"] if schema is None else self.check(body, schema, template + " request", True)
        return problems

    def reply(self, method, path, status, body):
        """Problems of a reply: it may leave fields out, and invent none."""
        found = self.operation(method, path.partition("?")[0])
        if not found:
            return []
        schema = self.reply_schema(found[1], status)
        if schema is None:
            return ["%s %s: the status %d is not described" % (method, found[0], status)]
        return self.check(body, schema, "%s %s reply" % (method, found[0]), False)

    def has(self, schema, path, needed):
        """Whether a reply has a field, by its path; `needed`: always."""
        schema = self.follow(schema)
        if schema.get("type") == "array":
            schema = self.follow(schema["items"])
        for word in path.split("."):
            parts = [schema] + [self.follow(one) for key in ("allOf", "anyOf", "oneOf") for one in schema.get(key, [])]
            owner = next((part for part in parts if word in part.get("properties", {})), None)
            if owner is None or (needed and word not in owner.get("required", [])):
                return False
            schema = self.follow(owner["properties"][word])
        return True
