// aimock with answers from a script. In: a JSON file, { "NAME": [[reply, ...], ...] }: for the module of this name, by turn
// of the conversation, the replies of the first, second, ... request; "*" is any other name, and {name} is filled in. Out:
// one line, the address. It ends when its input ends.
import { readFileSync } from "node:fs";
import { LLMock } from "@copilotkit/aimock";

const script = JSON.parse(readFileSync(process.argv[2], "utf8"));
const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
const asked = new Map();

const text = (message) => (typeof message.content === "string" ? message.content : JSON.stringify(message.content));

function reply(request) {
  const turn = request.messages.filter((message) => message.role === "assistant").length;
  const first = request.messages.find((message) => message.role === "user");
  const name = /called `(\w+)`/.exec(text(first))?.[1] ?? "";
  const turns = script[name] ?? script["*"];
  const replies = turns[Math.min(turn, turns.length - 1)];
  const key = `${name}:${turn}`;
  const times = asked.get(key) ?? 0;
  asked.set(key, times + 1);
  return JSON.parse(JSON.stringify(replies[Math.min(times, replies.length - 1)]).replaceAll("{name}", name));
}

mock.on({ endpoint: "chat" }, reply);
console.log(await mock.start());
process.stdin.resume().on("end", () => process.exit(0));
