// Responds at once with constant bodies. It runs in a process of its own, so that its time is not counted.
// The bodies are those of `benches/src/server.rs`.

import { createServer } from "node:http";

const LOCKS = 200;

const lock = (number) => ({
  id: `4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f${String(number).padStart(4, "0")}`,
  name: `Front door ${number}`,
  vendor: "danalock",
  imageUrl: "https://images.example.com/locks/4c8e1b7a-93d2-4f60-a1c5-7e2b9d0f6a38/front-door.jpg",
  auth: { "Example Parcels": "opt-in", "Example Groceries": "deny" },
  address: {
    street: "1 Quay Street",
    postalCode: "0101",
    city: "Oslo",
    countryIso: "no",
    floor: "2",
    visitorInstructions: "Second entrance from the water, then up the stairs and to the left",
  },
  created: "2021-12-08T09:30:00.000Z",
  canCreateKeysCount: 2,
  keysCreatedCount: 7,
});

const one = JSON.stringify({ lock: lock(0) });
const page = JSON.stringify({ locks: Array.from({ length: LOCKS }, (_, number) => lock(number)) });

const server = createServer((request, response) => {
  const isPage = request.url.split("?")[0].endsWith("/locks/");
  response.writeHead(200, { "content-type": "application/json" }).end(isPage ? page : one);
});
// A connection that closes between two rounds would be one more connect for the variant whose turn it is.
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => process.send(`http://127.0.0.1:${server.address().port}`));
process.on("disconnect", () => process.exit());
