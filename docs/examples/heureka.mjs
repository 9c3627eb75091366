// A small Heureka client: registers an instance and follows an application.
//
//   npm install && node heureka.mjs ws://127.0.0.1:7001 ws://127.0.0.1:8761 ORDERS o-1
//
// It reconnects for ever, here to one node each; a real one goes to the next.
import WebSocket from "ws";
import { randomUUID } from "node:crypto";

const [write, read, app, id] = process.argv.slice(2);
const process_ = randomUUID();
let connection = 0, acked, delay = 100;

// connect opens a channel, says hello, and calls back with each message.
function connect(url, hello, onMessage) {
  const socket = new WebSocket(url, "heureka.v1+json");
  const say = (message) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
  socket.on("open", () => say({ type: "hello", version: 1, client: "example/1", ...hello() }));
  socket.on("message", (data) => {
    for (const line of data.toString().split("\n")) if (line) onMessage(JSON.parse(line), say, socket);
  });
  socket.on("error", () => {}); // "close" follows
  socket.on("close", () => {
    delay = Math.min(2 * delay, 10_000);
    setTimeout(() => connect(url, hello, onMessage), Math.random() * delay);
  });
}

const register = (say) =>
  say({ type: "register", seq: 1, acked, instance: { app, id, address: "127.0.0.1", ports: [{ number: 9000 }], status: "UP" } });
connect(`${write}/api/v1/registrations`, () => ({ process: process_, connection: ++connection }), (m, say, socket) => {
  if (m.type === "welcome") {
    register(say);
    const beat = setInterval(() => say({ type: "heartbeat", seq: 2 }), m.heartbeatMs / 2);
    socket.on("close", () => clearInterval(beat));
  } else if (m.type === "ack" && m.version) (acked = m.version), (delay = 100);
  else if (m.type === "again") register(say);
  else if (m.type === "error") console.error(m.name, m.message);
});

const held = new Map(); // key -> put
let shadow; // the keys of a snapshot that is under way
let seq = 0, token; // what to resume from
const digest = () =>
  BigInt.asUintN(64, [...held.values()].reduce((sum, put) => sum + BigInt("0x" + put.hash), 0n)).toString(16).padStart(16, "0");

connect(`${read}/api/v1/subscriptions`, () => ({}), (m, say) => {
  const subscribe = (token) => say({ type: "subscribe", seq: ++seq, interests: [{ kind: "app", value: app }], token });
  if (m.type === "welcome") subscribe(token), (token = undefined); // said once; the answer brings another
  else if (m.type === "snapshot") shadow = new Set();
  else if (m.type === "resumed") shadow = undefined;
  else if (m.type === "put") {
    const key = JSON.stringify([m.instance.app, m.instance.id]);
    const before = held.get(key);
    if (before?.hash !== m.hash) console.log(before ? "modified" : "added", m.instance.id, m.instance.status);
    held.set(key, m), shadow?.add(key);
  } else if (m.type === "remove") {
    if (held.delete(JSON.stringify([m.app, m.id]))) console.log("removed", m.id);
  } else if (m.type === "synced" || (m.type === "heartbeat" && m.count !== undefined)) {
    for (const [key, gone] of held) if (shadow && !shadow.has(key)) held.delete(key), console.log("removed", gone.instance.id);
    (shadow = undefined), (delay = 100);
    const level = m.count === held.size && m.digest === digest();
    token = level ? m.token ?? token : undefined;
    if (!level) subscribe(); // everything anew
    if (m.type === "synced") console.log("synced", held.size);
  }
});
