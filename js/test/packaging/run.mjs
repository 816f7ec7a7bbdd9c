import { execFile } from "node:child_process";

/** Runs a program. Returns what it printed, or throws an error with what it said. */
export function run(program, args, options) {
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 1 << 26, ...options }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      // After a failure, Node prints the line of the program, and in a bundle that may be the whole module.
      const said = `${stdout}${stderr}`.split("\n").map((line) => line.slice(0, 300));
      reject(new Error(`${program} ${args.join(" ")}: ${error.code ?? error.signal}\n${said.join("\n")}`));
    });
  });
}
