// What a visitor does in a load by Artillery. Nothing of it is ours but the protocol, as docs/protocol.md has it.

const { randomUUID } = require("node:crypto");

const ORIGIN = process.env.CHAT_ORIGIN;
const BODY = "我从昨天晚上开始发烧，还有一点咳嗽，请问应该挂哪个科？";
const ANSWERED_WITHIN = 10_000;

/** A token over HTTP, then the address and what the upgrade needs. */
function enter(socket, context, done) {
  fetch(`${ORIGIN}/v1/visitor/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Origin: ORIGIN },
    body: JSON.stringify({ site: "demo", language: "zh", touch: false }),
  })
    .then((answer) => answer.json())
    .then(({ token }) => {
      context.vars.token = token;
      socket.target = `${ORIGIN.replace("http", "ws")}/ws/visitor`;
      socket.subprotocols = ["hchat.v1"];
      socket.options = { ...socket.options, headers: { Origin: ORIGIN } };
      done();
    }, done);
}

async function hello(context) {
  const client = { name: "artillery", version: "2" };
  await answer(context, { type: "hello", version: 1, token: context.vars.token, client }, (frame) => frame.type === "welcome");
}

async function open(context, events) {
  const asked = { type: "conversation.open", department: "gynecology", body: BODY, language: "zh" };
  context.vars.conversation = (await ask(context, events, asked)).conversation;
}

async function say(context, events) {
  await ask(context, events, { type: "message.post", conversation: context.vars.conversation, body: BODY });
  await new Promise((resolve) => setTimeout(resolve, 100));
}

async function end(context, events) {
  await ask(context, events, { type: "conversation.close", conversation: context.vars.conversation });
}

/** A request with a ref of its own, and its answer; accepted ones are counted. */
async function ask(context, events, frame) {
  const ref = randomUUID();
  const told = await answer(context, { ...frame, ref }, (heard) => heard.ref === ref && heard.type !== "entry");
  if (told.type !== "accepted") throw new Error(`refused: ${told.code}`);
  events.emit("counter", "chat.accepted", 1);
  return told;
}

function answer(context, frame, fits) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no answer to ${frame.type}`)), ANSWERED_WITHIN);
    context.ws.onmessage = ({ data }) => {
      const heard = JSON.parse(data);
      if (heard.type === "ping") context.ws.send(JSON.stringify({ type: "pong", n: heard.n }));
      if (!fits(heard)) return;
      clearTimeout(late);
      resolve(heard);
    };
    context.ws.send(JSON.stringify(frame));
  });
}

module.exports = { enter, hello, open, say, end };
