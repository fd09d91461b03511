import process from 'node:process';
import { createOutbound } from '../../llm/outbound/guarded-fetch.ts';

/** A process of its own, for what Node reads from the environment when it starts: `<url> <address of every name>`. */
const [url = '', address = ''] = process.argv.slice(2);
const outbound = createOutbound({ allowPrivate: true, resolve: () => Promise.resolve([address]) });
try {
  const response = await outbound.fetch(url, { headers: { authorization: 'Bearer sk-canary' } });
  process.stdout.write(await response.text());
} catch (error) {
  process.stdout.write(String(error));
} finally {
  await outbound.close();
}
