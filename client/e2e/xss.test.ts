import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHostileArena, type HostileArena } from '../../server/test/support/security/hostile-arena.ts';
import { CANARY_HOST, MARKUP } from '../../server/test/support/security/markup.ts';
import { DESKTOP, hasBrowser, openBrowser, ServerProcess } from './support.ts';

const CLIENT_DIR = path.join(import.meta.dirname, '..', 'dist');

/** Before anything of the page: who calls `xss`, and what the browser had to keep from running. */
const TRIPWIRE = `
  window.__fired = [];
  window.xss = (no) => window.__fired.push('ran ' + no);
  addEventListener('securitypolicyviolation', (event) =>
    window.__fired.push('kept from ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
`;

/** Elements and attributes that run, load or lead somewhere, and that this page has none of. */
const FOREIGN = `[...document.querySelectorAll('*')].flatMap((element) => {
  const odd = ['iframe', 'object', 'embed', 'base', 'marquee', 'math', 'template', 'audio', 'video'];
  const leading = ['src', 'srcset', 'href', 'xlink:href', 'action', 'formaction', 'data', 'poster', 'style', 'content'];
  const isOdd = ({ name, value }) => /^on/i.test(name) || name === 'srcdoc' || (leading.includes(name) &&
    (/^\\s*(javascript|data:text)/i.test(value) || value.includes('//${CANARY_HOST}')));
  const isForeign = odd.includes(element.tagName.toLowerCase()) || [...element.attributes].some(isOdd);
  return isForeign ? [element.outerHTML.slice(0, 200)] : [];
})`;

describe.runIf(hasBrowser)('markup in every text', () => {
  let arena: HostileArena;
  let browser: Browser;

  beforeAll(async () => {
    // Builds the page.
    await using _ = await ServerProcess.create();
    arena = await openHostileArena(CLIENT_DIR);
    browser = await openBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await arena[Symbol.asyncDispose]();
  }, 30_000);

  /** A browser that writes down whatever a text did. */
  async function trap(): Promise<{ context: BrowserContext; fired: string[] }> {
    const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce' });
    const fired: string[] = [];
    await context.addInitScript(TRIPWIRE);
    await context.route(
      (url) => url.origin !== arena.url && url.protocol.startsWith('http'),
      async (route) => {
        fired.push(`asked for ${route.request().url()}`);
        await route.abort();
      },
    );
    context.on('dialog', (dialog) => {
      fired.push(`opened a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('console', (message) => {
      if (/xss|Content Security Policy/i.test(message.text())) fired.push(`said ${message.text()}`);
    });
    return { context, fired };
  }

  /** What the present page shows, after looking for what it should not hold. */
  async function look(page: Page, fired: string[]): Promise<string> {
    const here = new URL(page.url()).pathname;
    await expect.poll(() => page.locator('[aria-busy=true]').count()).toBe(0);
    const [ran, foreign] = await Promise.all([
      page.evaluate<string[]>('window.__fired.splice(0)'),
      page.evaluate<string[]>(FOREIGN),
    ]);
    fired.push(...ran.map((what) => `${here} ${what}`), ...foreign.map((what) => `${here} holds ${what}`));
    return page.locator('body').innerText();
  }

  /** The texts that are shown. */
  function seen(shown: readonly string[]): number[] {
    const all = shown.join('\n');
    return MARKUP.flatMap((text, no) => (all.includes(text) || all.includes(`xss(${no})`) ? [no] : []));
  }

  /** Goes somewhere within the page, as its links do, and waits until something else is shown. */
  async function go(page: Page, url: string): Promise<void> {
    const before = await page.getByRole('main').innerText();
    await page.evaluate(
      `history.pushState({}, '', ${JSON.stringify(url)}); dispatchEvent(new PopStateEvent('popstate'))`,
    );
    await expect.poll(() => page.getByRole('main').innerText(), { interval: 30 }).not.toBe(before);
  }

  /** Opens what is closed, until nothing is. */
  async function openAll(page: Page, closed: string): Promise<void> {
    while ((await page.locator(closed).count()) > 0) await page.locator(closed).first().click();
  }

  it('is shown as text to strangers, on every page and as it happens', async () => {
    const { context, fired } = await trap();
    const page = await context.newPage();
    const shown: string[] = [];
    const visit = async (url: string) => {
      await go(page, url);
      shown.push(await look(page, fired));
    };
    await page.goto(`${arena.url}/bots`);
    await page.getByRole('main').waitFor();
    const more = page.getByRole('button', { name: /more/i });
    const names = async () => {
      if (await more.isVisible()) await more.click();
      return seen([await look(page, fired)]).length;
    };
    await expect.poll(names, { timeout: 10_000 }).toBe(MARKUP.length);
    await visit('/leaderboard');
    await visit('/markets');
    await visit('/');
    const before = await page.getByRole('main').innerText();
    await arena.tradeLive();
    await expect.poll(() => page.getByRole('main').innerText()).not.toBe(before);
    shown.push(await look(page, fired));
    for (const tab of ['decisions', 'trades', 'equity', 'about'])
      await visit(`/bots/${arena.carrierId}?tab=${tab}`);
    await page.getByRole('tab', { name: 'Decisions' }).click();
    await openAll(page, '[role=tabpanel] button[aria-expanded=false]');
    await openAll(page, 'details:not([open]) > summary');
    const decisions = await look(page, fired);
    expect(seen([decisions])).toHaveLength(MARKUP.length);
    for (const text of MARKUP.slice(0, 4)) {
      await visit(`/bots?q=${encodeURIComponent(text)}`);
      await visit(`/bots/${encodeURIComponent(text)}`);
    }
    for (const url of [
      '/recover#token=<img src=x onerror=xss(2)>',
      '/markets/%3Csvg%20onload=xss(4)%3E',
      '/<script>xss(5)</script>',
    ]) {
      await page.goto(`${arena.url}${url}`);
      await page.getByRole('main').waitFor();
      await look(page, fired);
    }
    expect(fired).toEqual([]);
    await context.close();
  }, 60_000);

  it('is shown as text to whoever is logged in', async () => {
    const { context, fired } = await trap();
    await context.addCookies([
      { name: 'arena', value: arena.cookie, url: arena.url, httpOnly: true, sameSite: 'Lax' },
    ]);
    const page = await context.newPage();
    const shown: string[] = [];
    await page.goto(arena.url);
    await page.getByRole('main').waitFor();
    const pages = ['/me', `/me/bots/${arena.carrierId}/edit`, '/providers', `/bots/${arena.carrierId}`]
      .concat(['security', 'sessions', 'keys', 'usage', 'log', 'data'].map((tab) => `/account?tab=${tab}`))
      .concat(['users', 'invites', 'settings', 'log', 'care'].map((tab) => `/admin?tab=${tab}`));
    for (const url of pages) {
      await go(page, url);
      shown.push(await look(page, fired));
    }
    expect(seen(shown)).toHaveLength(MARKUP.length);
    // Whoever is logged in is led on at once: to a path of this page, or nowhere.
    for (const to of [
      'javascript:xss(1)',
      `//${CANARY_HOST}/`,
      `/\\${CANARY_HOST}/`,
      `https://${CANARY_HOST}/`,
    ]) {
      await page.goto(`${arena.url}/login?to=${encodeURIComponent(to)}`);
      await page.getByRole('main').waitFor();
      await look(page, fired);
      expect(new URL(page.url()).origin).toBe(arena.url);
    }
    expect(fired).toEqual([]);
    await context.close();
  }, 60_000);

  it('would be noticed, were it more than text', async () => {
    const { context, fired } = await trap();
    const page = await context.newPage();
    await page.goto(arena.url);
    const grow = (html: string) =>
      page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(html)})`);
    await grow(MARKUP[12] ?? '');
    await grow(`<img src=//${CANARY_HOST}/i.png>`);
    await grow('<a href="javascript:xss(1)">click</a>');
    await expect.poll(async () => (await page.evaluate<number>('window.__fired.length')) > 0).toBe(true);
    await look(page, fired);
    expect(fired.join('\n')).toMatch(/kept from script-src-attr/);
    expect(fired.join('\n')).toMatch(/holds <a href="javascript:/);
    expect(fired.join('\n')).toMatch(/kept from img-src https?:\/\/x\.invalid/);
    await context.close();
  }, 60_000);
});
