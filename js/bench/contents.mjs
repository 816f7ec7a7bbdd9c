// Tells what a WebAssembly module is made of, by the names of its functions. The optimizer removes the names, so this
// reads the module as it was before.

const CODE = 10;
const DATA = 11;
const CUSTOM = 0;
const FUNCTION_NAMES = 1;

/** Returns shares in percent by group, largest first: `[["unloc", 31.2], …]`. Custom sections do not count. */
export function contents(bytes) {
  const names = functionNames(bytes);
  const sizes = new Map();
  const add = (group, size) => sizes.set(group, (sizes.get(group) ?? 0) + size);
  for (const { id, reader } of sections(bytes)) {
    if (id === CODE) {
      // The functions are those after the imported ones, each with its length.
      const first = importedFunctions(bytes);
      const count = reader.number();
      for (let index = 0; index < count; index += 1) {
        const size = reader.number();
        reader.skip(size);
        add(group(names.get(first + index) ?? ""), size);
      }
    } else if (id !== CUSTOM) {
      add(id === DATA ? "constant data" : "everything else", reader.left);
    }
  }
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return [...sizes].map(([name, size]) => [name, (100 * size) / all]).sort(([, a], [, b]) => b - a);
}

const GROUPS = [
  ["unloc", /^unloc/],
  ["the standard library", /^(core|alloc|std|dlmalloc|compiler_builtins|rustc_demangle|hashbrown|)$/],
  ["serde and serde_json", /^(serde|itoa|zmij|ryu|memchr)/],
  ["the bindings to JavaScript", /^(wasm_bindgen|js_sys|web_sys)/],
];

/**
 * Returns the group of a function by the first crate in its name: `unloc` for
 * `<unloc::http::Retry as core::fmt::Debug>::fmt`. Names look like this or like `<dlmalloc[e24a27700634d609]::…`.
 * Functions without a crate, such as `memcpy`, belong to the standard library.
 */
function group(name) {
  const crate = /([a-z_0-9]+)(?:\[[0-9a-f]+\])?::/.exec(name)?.[1] ?? "";
  return GROUPS.find(([, crates]) => crates.test(crate))?.[0] ?? "other crates";
}

function functionNames(bytes) {
  const names = new Map();
  for (const { id, reader } of sections(bytes)) {
    if (id !== CUSTOM || reader.text() !== "name") continue;
    while (reader.left > 0) {
      const kind = reader.byte();
      const part = reader.part(reader.number());
      if (kind !== FUNCTION_NAMES) continue;
      const count = part.number();
      for (let index = 0; index < count; index += 1) names.set(part.number(), part.text());
    }
  }
  if (names.size === 0) throw new Error("the module has no names; build it again: cargo xtask js");
  return names;
}

function importedFunctions(bytes) {
  return WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === "function").length;
}

function* sections(bytes) {
  const reader = new Reader(bytes, 8, bytes.length); // after the magic number and the version
  while (reader.left > 0) yield { id: reader.byte(), reader: reader.part(reader.number()) };
}

/** Reads the encoding of https://webassembly.github.io/spec/core/binary/. */
class Reader {
  constructor(bytes, at, end) {
    Object.assign(this, { bytes, at, end });
  }

  get left() {
    return this.end - this.at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** Reads a number in LEB128. */
  number() {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    } while (byte & 0x80);
    return value;
  }

  text() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  skip(length) {
    this.at += length;
  }

  part(length) {
    this.at += length;
    return new Reader(this.bytes, this.at - length, this.at);
  }
}
