// A GitHub with a memory (emulate), on 127.0.0.1. In: port, the address it gives out for clones, and its seed as JSON.
// Out: one line, the address of its API. It ends when its input ends, that is with whoever began it.
import { createEmulator } from "emulate";

const [port, baseUrl, seed] = process.argv.slice(2);
await createEmulator({
  service: "github",
  hostname: "127.0.0.1",
  port: Number(port),
  baseUrl,
  seed: { github: JSON.parse(seed) },
});
console.log(`http://127.0.0.1:${port}`);
process.stdin.resume().on("end", () => process.exit(0));
