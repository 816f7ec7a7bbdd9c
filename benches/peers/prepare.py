#!/usr/bin/env python3
"""Builds the programs that `cargo bench -p unloc-benches --bench peers` compares: `unloc` and two generated clients.

Downloads OpenAPI Generator from PyPI and TypeScript from npm, generates clients from the specs in openapi/, and builds
the three programs into target/peers. Needs cargo, java, node and npm. Steps whose inputs have not changed are skipped.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# The benchmark looks for the programs here, also if cargo's target folder is elsewhere.
PLACE = ROOT / "target" / "peers"
RUST = PLACE / "openapi-rust"
TYPESCRIPT = PLACE / "openapi-typescript"

GENERATOR = "openapi-generator-cli==7.26.0"  # The wheel of this name on PyPI contains the jar.
NPM = ["typescript@5.9.3", "@types/node@20.19.9"]
APIS = ["auth", "integrator"]
# All other options keep the generator's defaults.
RUST_OPTIONS = "library=reqwest,packageName=openapi_{api}"


def main():
    demand({"cargo": "https://rustup.rs", "java": "apt-get install default-jre-headless",
            "node": "apt-get install nodejs", "npm": "apt-get install npm"})
    PLACE.mkdir(parents=True, exist_ok=True)
    specs = {api: ROOT / "openapi" / f"{api}.yaml" for api in APIS}
    once(PLACE / "generated", [*specs.values(), pathlib.Path(__file__)], lambda: generate(specs))
    sources = sorted((HERE / "openapi-typescript").glob("*.ts"))
    once(PLACE / "compiled", [*sources, PLACE / "generated"], lambda: compile_typescript(sources))
    build_rust()
    print(f"the peers are in {PLACE.relative_to(ROOT)}")


def demand(programs):
    missing = [f"{name} ({how})" for name, how in programs.items() if not shutil.which(name)]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}")


def once(stamp, causes, make):
    """Runs `make` unless the stamp has the digest of the same input files."""
    digest = hashlib.sha256(b"".join(cause.read_bytes() for cause in causes)).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        make()
        stamp.write_text(digest)


def generate(specs):
    jar = generator()
    for api, spec in specs.items():
        for name, folder, options in [
            ("rust", RUST / api, RUST_OPTIONS.format(api=api)),
            ("typescript-fetch", TYPESCRIPT / api, None),
        ]:
            shutil.rmtree(folder, ignore_errors=True)
            more = ["--additional-properties", options] if options else []
            run(["java", "-jar", jar, "generate", "-g", name, "-i", spec, "-o", folder, *more])


def generator():
    jar = PLACE / f"{GENERATOR}.jar"
    if not jar.exists():
        run([sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", PLACE, GENERATOR])
        wheel = next(PLACE.glob("openapi_generator_cli-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            jar.write_bytes(archive.read("openapi_generator_cli/openapi-generator.jar"))
        wheel.unlink()
    return jar


def compile_typescript(sources):
    run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", TYPESCRIPT, *NPM])
    for source in sources:
        shutil.copy(source, TYPESCRIPT)
    # The generated files import each other without an extension, which only CommonJS understands.
    options = ["--module", "commonjs", "--target", "es2022", "--lib", "es2022,dom", "--strict", "--outDir", "built"]
    run(["node", "node_modules/typescript/bin/tsc", *options, "main.ts"], cwd=TYPESCRIPT)


def build_rust():
    ours, lock = ROOT / "Cargo.lock", HERE / "Cargo.lock"
    if not lock.exists() or lock.stat().st_mtime < ours.stat().st_mtime:
        shutil.copyfile(ours, lock)  # So the crates have the same versions as in the workspace.
    run(["cargo", "build", "--release", "--target-dir", PLACE / "build", "--manifest-path", HERE / "Cargo.toml"])


def run(words, cwd=ROOT):
    """Runs a command. Its output is shown only if it fails, except for cargo, which takes long."""
    quiet = {} if words[0] == "cargo" else {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    words = [os.fspath(word) for word in words]
    ran = subprocess.run(words, cwd=cwd, **quiet)
    if ran.returncode != 0:
        sys.exit(f"{ran.stdout or ''}\nfailed: {' '.join(words)}")


if __name__ == "__main__":
    main()
