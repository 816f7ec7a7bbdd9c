// Finds the browsers of this machine. None is downloaded.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, firefox } from "playwright-core";

// `cargo xtask` looks for the same names of Chromium: xtask/src/ci/machine.rs.
const CHROMIUM = ["chromium", "chromium-browser", "google-chrome"];
const FIREFOX = ["firefox-esr", "firefox"];

const inPath = (names) => {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
};

/** Lists the browsers with a function that starts each; without one if it is not installed. */
export const browsers = [
  // As root, Chromium runs without its sandbox only.
  ["Chromium", launcher(chromium, CHROMIUM, { args: ["--no-sandbox"] })],
  // The channel speaks WebDriver BiDi, which unpatched builds of Firefox understand.
  ["Firefox", launcher(firefox, FIREFOX, { channel: "moz-firefox" })],
];

function launcher(type, names, options) {
  const executablePath = inPath(names);
  return executablePath && (() => type.launch({ ...options, executablePath, headless: true }));
}
