import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../http/server.ts';
import { auditOf, PASSWORD, person } from '../support/people.ts';
import { testApp, type TestApp } from '../support/test-app.ts';

const PUBLIC_URL = 'https://arena.example';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'arena-page-'));
  await mkdir(path.join(folder, 'assets'));
  await mkdir(path.join(folder, '.git'));
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><title>Arena</title>');
  await writeFile(path.join(folder, 'assets', 'app-1a2b3c.js'), 'export {};');
  await writeFile(path.join(folder, 'assets', 'app-1a2b3c.css'), 'body {}');
  await writeFile(path.join(folder, '.git', 'HEAD'), 'ref: refs/heads/private');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The arena as a proxy reaches it. */
function front({ app: { ctx } }: TestApp) {
  const http = { ...ctx.config.http, clientDir: folder };
  return createHttpServer({ ...ctx, config: { ...ctx.config, http } });
}

const PATHS = ['/', '/assets/app-1a2b3c.js', '/api/v2/arena', '/api/v2/docs', '/api/v2/nothing'];

describe('an arena behind https', () => {
  it('binds its cookie to this host and to https, and shows the token nowhere else', async () => {
    await using arena = await testApp({ env: { PUBLIC_URL } });
    await person(arena.app, 'anna', { hasPassword: true });
    const login = { username: 'anna', password: PASSWORD };
    const answer = await request(front(arena)).post('/api/v2/auth/login').send(login).expect(200);
    const [cookie = '', ...others] = answer.get('Set-Cookie') ?? [];
    expect(others).toEqual([]);
    const [pair = '', ...attributes] = cookie.split('; ');
    expect(pair).toMatch(/^__Host-arena=ars_[\w-]{43}$/);
    expect(attributes.filter((one) => !one.startsWith('Expires=')).toSorted()).toEqual(
      ['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Lax', 'Secure'].toSorted(),
    );
    expect(answer.text).not.toContain(pair.split('=')[1]);
  });

  it('keeps browsers on https for a year, subdomains included, whatever they asked for', async () => {
    await using arena = await testApp({ env: { PUBLIC_URL } });
    for (const url of PATHS) {
      const { headers } = await request(front(arena)).get(url);
      expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    }
  });
});

describe('every kind of answer', () => {
  it('says what it is and in which letters', async () => {
    await using arena = await testApp();
    const types = {
      '/': 'text/html; charset=utf-8',
      '/assets/app-1a2b3c.js': 'text/javascript; charset=utf-8',
      '/assets/app-1a2b3c.css': 'text/css; charset=utf-8',
      '/api/v2/arena': 'application/json; charset=utf-8',
      '/api/v2/openapi.json': 'application/json; charset=utf-8',
      '/api/v2/docs': 'text/html; charset=utf-8',
      '/api/v2/docs/swagger-ui.css': 'text/css; charset=utf-8',
      '/api/v2/docs/start.js': 'text/javascript; charset=utf-8',
      '/api/v2/nothing': 'application/json; charset=utf-8',
    };
    const found = await Promise.all(
      Object.keys(types).map(async (url) => {
        const { headers } = await request(front(arena)).get(url);
        return [url, headers['content-type'], headers['x-content-type-options']];
      }),
    );
    expect(found).toEqual(Object.entries(types).map(([url, type]) => [url, type, 'nosniff']));
  });

  it('has a policy for what it may load and who may frame it', async () => {
    await using arena = await testApp();
    for (const url of PATHS) {
      const { headers } = await request(front(arena)).get(url);
      expect(headers['content-security-policy']).toContain("object-src 'none';base-uri 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['referrer-policy']).toBe('same-origin');
    }
  });

  it('that is a picture is nothing but a picture', async () => {
    await using arena = await testApp();
    const anna = await person(arena.app, 'anna');
    const { botId } = await arena.addBot([], { userId: anna.userId });
    const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const url = `/api/v2/bots/${botId}/avatar`;
    const server = front(arena);
    await request(server).put(url).set(anna.headers).type('png').send(picture).expect(204);
    const { headers } = await request(server).get(url).expect(200);
    expect(headers).toMatchObject({
      'content-type': 'image/webp',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it('is no listing, no hidden file, no echo of the request and no redirect', async () => {
    await using arena = await testApp();
    const server = front(arena);
    for (const url of [
      '/assets',
      '/assets/',
      '/.git',
      '/.git/HEAD',
      '/.env',
      '//evil.example',
      '/assets/..',
    ]) {
      const { text, status } = await request(server).get(url);
      expect(text).not.toMatch(/app-1a2b3c|refs\/heads/);
      expect([200, 404]).toContain(status);
    }
    const { status, text } = await request(server).trace('/api/v2/health').set('X-Secret', 'echo');
    expect(status).toBe(404);
    expect(text).not.toContain('echo');
  });
});

describe('the address of a visitor', () => {
  const logIn = (arena: TestApp, forwarded: string) =>
    request(front(arena))
      .post('/api/v2/auth/login')
      .set('X-Forwarded-For', forwarded)
      .send({ username: 'anna', password: PASSWORD })
      .expect(200);

  it('is what the nearest trusted proxy saw, whatever the visitor claims', async () => {
    await using arena = await testApp({ env: { TRUST_PROXY: '1' } });
    await person(arena.app, 'anna', { hasPassword: true });
    await logIn(arena, '198.51.100.7, 192.0.2.1');
    expect((await auditOf(arena.app)).at(-1)).toMatchObject({ action: 'login.succeeded', ip: '192.0.2.1' });
  });

  it('is that of the connection where no proxy is trusted, and cannot get around limits', async () => {
    await using arena = await testApp({ env: { RATE_LIMIT_PER_MINUTE: '2' } });
    const server = front(arena);
    const statuses: number[] = [];
    for (const last of [1, 2, 3]) {
      const { status } = await request(server)
        .get('/api/v2/health')
        .set({ 'X-Forwarded-For': `192.0.2.${last}`, 'X-Real-IP': `192.0.2.${last}` });
      statuses.push(status);
    }
    expect(statuses).toEqual([200, 200, 429]);
  });
});
