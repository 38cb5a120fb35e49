#!/usr/bin/env python3
"""Reads the manifests of docs/deploy: are they what they say, and do their exit codes agree with exits.def?

Usage  deployments.py EXITS.DEF FILE...     prints for each container of ours: FILE NAME {"env": {...}, "args": [...]}
Every key must be one that the API knows, and have the right kind of value: the part of the schema that these files use is written
down below. An unknown key is what Kubernetes would drop in silence.
"""
import json
import re
import sys

import yaml

TEXT, NUMBER, YES = str, int, bool
LABELS = {"*": TEXT}
SECURITY = {"allowPrivilegeEscalation": YES, "readOnlyRootFilesystem": YES, "capabilities": {"drop": [TEXT]}}
CONTAINER = {
    "name": TEXT, "image": TEXT, "args": [TEXT], "env": [{"name": TEXT, "value": TEXT}],
    "terminationMessagePath": TEXT, "terminationMessagePolicy": TEXT, "securityContext": SECURITY,
    "resources": {"requests": LABELS, "limits": LABELS},
    "volumeMounts": [{"name": TEXT, "mountPath": TEXT, "readOnly": YES}],
}
POD = {
    "restartPolicy": TEXT, "automountServiceAccountToken": YES, "terminationGracePeriodSeconds": NUMBER,
    "securityContext": {"runAsNonRoot": YES, "runAsUser": NUMBER, "runAsGroup": NUMBER, "fsGroup": NUMBER,
                        "seccompProfile": {"type": TEXT}},
    "initContainers": [CONTAINER], "containers": [CONTAINER],
    "volumes": [{"name": TEXT, "secret": {"secretName": TEXT, "defaultMode": NUMBER}}],
}
META = {"name": TEXT, "labels": LABELS}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": POD}
RULE = {"action": TEXT, "onPodConditions": [{"type": TEXT, "status": TEXT}],
        "onExitCodes": {"containerName": TEXT, "operator": TEXT, "values": [NUMBER]}}
KINDS = {
    "Secret": {"apiVersion": TEXT, "kind": TEXT, "metadata": META, "type": TEXT, "stringData": LABELS},
    "Job": {"apiVersion": TEXT, "kind": TEXT, "metadata": META, "spec": {
        "backoffLimit": NUMBER, "completions": NUMBER, "parallelism": NUMBER, "ttlSecondsAfterFinished": NUMBER,
        "podFailurePolicy": {"rules": [RULE]}, "template": TEMPLATE}},
    "Deployment": {"apiVersion": TEXT, "kind": TEXT, "metadata": META, "spec": {
        "replicas": NUMBER, "selector": {"matchLabels": LABELS}, "template": TEMPLATE}},
    "Compose": {"name": TEXT, "services": {"*": {
        "image": TEXT, "command": [TEXT], "environment": LABELS, "secrets": [TEXT], "volumes": [TEXT],
        "depends_on": {"*": {"condition": TEXT}}, "restart": TEXT, "stop_grace_period": TEXT, "user": TEXT,
        "read_only": YES, "cap_drop": [TEXT], "security_opt": [TEXT]}},
        "secrets": {"*": {"file": TEXT}}, "volumes": {"*": LABELS}},
}
VERSIONS = {"Secret": "v1", "Job": "batch/v1", "Deployment": "apps/v1"}


class Reader(yaml.SafeLoader):
    """A key that stands twice is a mistake, which YAML's readers overlook."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        for key in keys:
            need(keys.count(key) == 1, f"{key} stands twice{node.start_mark}")
        return super().construct_mapping(node, deep)


def need(holds, what):
    if not holds:
        sys.exit(f"deployments: {what}")


def check_shape(value, shape, place):
    if isinstance(shape, dict):
        need(isinstance(value, dict), f"{place} is no mapping")
        for key, inner in value.items():
            need(key in shape or "*" in shape, f"{place} has no key {key}")
            check_shape(inner, shape.get(key, shape.get("*")), f"{place}.{key}")
    elif isinstance(shape, list):
        need(isinstance(value, list) and value, f"{place} is no list")
        for number, inner in enumerate(value):
            check_shape(inner, shape[0], f"{place}[{number}]")
    else:
        need(type(value) is shape, f"{place} is {value!r}, no {shape.__name__}")


def check_exits(job, exits):
    """Each exit code that may come is in one rule; the retryable ones, and only those, are counted."""
    rules = job["spec"]["podFailurePolicy"]["rules"]
    names = [c["name"] for c in job["spec"]["template"]["spec"]["containers"]]
    said = {}
    for rule in rules:
        need(rule["action"] in ("FailJob", "Ignore", "Count"), f"no action {rule['action']}")
        need(("onExitCodes" in rule) != ("onPodConditions" in rule), "a rule has one requirement")
        codes = rule.get("onExitCodes")
        if codes is None:
            continue
        need(codes["containerName"] in names and codes["operator"] == "In", "a rule for a container that is not there")
        need(codes["values"] == sorted(set(codes["values"])) and 0 not in codes["values"], "each once, without 0")
        for code in codes["values"]:
            need(code not in said, f"exit {code} stands twice")
            said[code] = rule["action"]
    for code, (name, again) in exits.items():
        wanted = "Count" if again else "FailJob"
        need(code == 0 or said.get(code) == wanted, f"exit {code} ({name}) is {said.get(code)}, not {wanted}")
    need(set(said) <= set(exits), f"exits that nobody gives: {set(said) - set(exits)}")
    need(job["spec"]["template"]["spec"]["restartPolicy"] == "Never", "podFailurePolicy needs restartPolicy: Never")


def check_pod(pod):
    context = pod["securityContext"]
    need(context["runAsNonRoot"] and context["runAsUser"] > 0, "the pod may run as root")
    volumes = [v["name"] for v in pod.get("volumes", [])]
    for container in pod.get("initContainers", []) + pod["containers"]:
        security = container["securityContext"]
        need(security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"] and
             security["capabilities"] == {"drop": ["ALL"]}, f"{container['name']} may too much")
        for mount in container.get("volumeMounts", []):
            need(mount["name"] in volumes, f"no volume {mount['name']}")
        if "shop-migrate" not in container["image"]:
            continue
        environment = {e["name"]: e["value"] for e in container["env"]}
        need(environment["MIGEN_TERMINATION_LOG"] == container["terminationMessagePath"], "two termination logs")
        yield container["name"], {"env": environment, "args": container["args"]}


def check_compose(document):
    service = document["services"]["migrate"]
    need(service["read_only"] and service["cap_drop"] == ["ALL"] and service["user"] == "65532:65532", "migrate may too much")
    need(document["services"]["app"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully", "the app does not wait")
    for name in service["secrets"]:
        need(name in document["secrets"] and f"/run/secrets/{name}" in service["environment"].values(), f"the secret {name} is not used")
    yield "migrate", {"env": service["environment"], "args": service["command"]}


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    exits = {int(code): (name, again == "true")
             for name, code, again in re.findall(r'^EXIT\((\w+),\s*(\d+),\s*".*", (true|false)\)', text, re.M)}
    need(len(exits) >= 11, "exits.def cannot be read")
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            documents = list(yaml.load_all(file, Reader))
        for document in documents:
            kind = document.get("kind", "Compose")
            check_shape(document, KINDS[kind], f"{path}: {kind}")
            need(document.get("apiVersion") == VERSIONS.get(kind), f"{path}: the version of {kind}")
            if kind == "Job":
                check_exits(document, exits)
            if kind == "Compose":
                found = check_compose(document)
            elif kind == "Secret":
                found = []
            else:
                found = check_pod(document["spec"]["template"]["spec"])
            for name, what in found:
                print(path, name, json.dumps(what))


main()
