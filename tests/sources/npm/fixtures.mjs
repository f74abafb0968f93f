// GitHub's recorded scenarios, served by @octokit/fixtures-server. Its own command listens on every interface; this one
// on 127.0.0.1 only. In: nothing. Out: one line, the address. It ends when its input ends, that is with whoever began it.
import { createServer } from "node:http";
import fixtures from "@octokit/fixtures-server";
import express from "express";

const app = express();
const server = createServer(app);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const fixturesUrl = `http://127.0.0.1:${port}`;
  app.use(fixtures({ port, fixturesUrl, logLevel: "silent", ttl: 600_000 }));
  console.log(fixturesUrl);
});
process.stdin.resume().on("end", () => process.exit(0));
