/** The least that can answer the same request: node:http and one prepared statement. */
import BetterSqlite3 from 'better-sqlite3';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent } from '../processes.mts';

const [path = ''] = process.argv.slice(2);
const db = new BetterSqlite3(path, { readonly: true });
const statement = db.prepare(
  'select * from trades where bot_id = ? order by executed_at desc, seq desc limit 2',
);
const server = createServer((request, response) => {
  const [, , , , botId] = (request.url ?? '').split('/');
  const text = JSON.stringify({ items: statement.all(botId).slice(0, 1), nextCursor: null });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
serveParent({ url: `http://127.0.0.1:${port}` }, () => null);
