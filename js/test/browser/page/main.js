// Is what the tests call in the page.
import * as unloc from "../../../dist/esm/index.js";
import * as oldExample from "old-example";
import { client, failure, withSecret } from "./client.js";

/** Runs a worker's program and returns what it posted. */
function work(task) {
  const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.postMessage({ task, search: location.search });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
  });
}

const here = (options) => client(location.search, options);
Object.assign(window, { unloc, client: here, failure, oldExample, withSecret, work });
