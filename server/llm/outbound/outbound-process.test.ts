import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { selfSignedCertificate } from '../../test/support/certificate.ts';
import { serveHttp, serveHttps, serveRaw } from '../../test/support/local-server.ts';

const CHILD = path.join(import.meta.dirname, '..', '..', 'test', 'support', 'outbound-child.ts');

/** Fetches in a process with this environment, every name leading to 127.0.0.1. @returns the body, or the error. */
async function fetchInChild(url: string, env: Record<string, string> = {}): Promise<string> {
  const options = { env: { ...process.env, ...env }, timeout: 20_000 };
  return (await promisify(execFile)(process.execPath, [CHILD, url, '127.0.0.1'], options)).stdout;
}

it('uses no proxy that the environment names', async () => {
  await using proxy = await serveRaw((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nproxied'));
  await using server = await serveHttp((_, response) => response.end('direct'));
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];
  const env = {
    ...Object.fromEntries(names.map((name) => [name, proxy.url])),
    NO_PROXY: '',
    no_proxy: '',
    NODE_USE_ENV_PROXY: '1',
  };
  expect(await fetchInChild(server.url, env)).toBe('direct');
  expect(await fetchInChild(`http://ollama.internal:${server.port}`, env)).toBe('direct');
  expect(proxy.connections()).toBe(0);
});

it('sends a key over TLS only to a host that proves its name', async () => {
  const pair = selfSignedCertificate('llm.example.com');
  const folder = await mkdtemp(path.join(tmpdir(), 'arena-outbound-'));
  const file = path.join(folder, 'authority.pem');
  await writeFile(file, pair.cert);
  const keys: (string | undefined)[] = [];
  await using server = await serveHttps(pair, (request, response) => {
    keys.push(request.headers.authorization);
    response.end('secret answer');
  });
  const url = `https://llm.example.com:${server.port}/v1`;
  const trusting = { NODE_EXTRA_CA_CERTS: file };
  expect(await fetchInChild(url, trusting)).toBe('secret answer');
  expect(keys).toEqual(['Bearer sk-canary']);
  const untrusted = /its certificate is not trusted, or belongs to another host$/;
  expect(await fetchInChild(url)).toMatch(untrusted);
  expect(await fetchInChild(url, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toMatch(untrusted);
  expect(await fetchInChild(url.replace('llm.', 'other.'), trusting)).toMatch(untrusted);
  expect(keys).toHaveLength(1);
  await rm(folder, { recursive: true });
});
