// A chat as socket.io's own tutorial teaches it: a room per conversation, one INSERT per message with the client's
// offset against repeats, then the message to the room, then the acknowledgement. Beyond the tutorial it has rooms,
// says who speaks, and writes its database as the product does: WAL, and every commit on the disk.
//
// `node server.mjs PORT FILE`.

import { createServer } from "node:http";
import process from "node:process";
import { Server } from "socket.io";
import { open } from "sqlite";
import sqlite3 from "sqlite3";

const [port, filename] = process.argv.slice(2);
const SQLITE_CONSTRAINT = 19;

const db = await open({ filename, driver: sqlite3.Database });
await db.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT,
    author TEXT,
    client_offset TEXT UNIQUE,
    content TEXT
  );
`);

const server = createServer();
const io = new Server(server, { connectionStateRecovery: {} });

io.on("connection", (socket) => {
  const { author, conversations } = socket.handshake.auth;
  socket.join(conversations);

  socket.on("message", async (conversation, content, clientOffset, callback) => {
    let result;
    try {
      result = await db.run(
        "INSERT INTO messages (conversation, author, content, client_offset) VALUES (?, ?, ?, ?)",
        conversation,
        author,
        content,
        clientOffset,
      );
    } catch (error) {
      // It is stored already: the client repeats what it heard no answer to. Anything else it shall repeat.
      if (error.errno === SQLITE_CONSTRAINT) callback();
      return;
    }
    io.to(conversation).emit("message", conversation, author, content, result.lastID);
    callback();
  });
});

server.listen(Number(port), "127.0.0.1");
