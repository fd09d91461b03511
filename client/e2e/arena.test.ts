import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { arenaOfSuite } from './arena-suite.ts';
import { DESKTOP, hasBrowser, openPage, overflow, PHONE } from './support.ts';

const WIDTHS = [
  { name: 'desktop', viewport: DESKTOP },
  { name: 'phone', viewport: PHONE },
] as const;

describe.runIf(hasBrowser)('the page in a browser', () => {
  const arena = arenaOfSuite();

  for (const { name, viewport } of WIDTHS) {
    it(`shows the contest live on a ${name}`, async () => {
      const { page, problems } = await openPage(arena.browser, viewport);
      await page.goto(arena.server.url);
      await visible(page, 'live').waitFor();
      await page.getByText('simulated', { exact: true }).first().waitFor();
      await page.getByText('Buy & Hold').first().waitFor();
      await page
        .getByText(/^opened/)
        .first()
        .waitFor();
      await expectChange(() => page.getByRole('main').innerText());
      await expectChange(() => firstPrice(page));
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(problems).toEqual([]);
      await page.close();
    }, 120_000);

    it(`opens a bot with its positions and decisions on a ${name}`, async () => {
      const { page, problems } = await openPage(arena.browser, viewport);
      await page.goto(`${arena.server.url}/bots`);
      await page
        .getByRole('link', { name: /Buy & Hold/ })
        .first()
        .click();
      await page.getByRole('heading', { name: 'Buy & Hold' }).waitFor();
      expect(new URL(page.url()).pathname).toMatch(/^\/bots\/[\w-]+$/);
      await visible(page, 'BTCUSDT').waitFor();
      await page.getByRole('tab', { name: 'Trades' }).click();
      await page
        .getByRole('cell', { name: /BTCUSDT|BTC/ })
        .first()
        .waitFor();
      await page.reload();
      await expect
        .poll(() => page.getByRole('tab', { name: 'Trades' }).getAttribute('aria-selected'))
        .toBe('true');
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(problems).toEqual([]);
      await page.close();
    }, 120_000);
  }

  it('survives a restart of the server without a reload', async () => {
    const { page } = await openPage(arena.browser, DESKTOP);
    await page.goto(arena.server.url);
    await visible(page, 'live').waitFor();
    await page.evaluate('window.notReloaded = true');
    expect(await arena.server.stop()).toBe(0);
    await page
      .getByText(/reconnecting|offline/)
      .first()
      .waitFor();
    await arena.server.start();
    await visible(page, 'live').waitFor();
    await expectChange(() => firstPrice(page));
    await expectChange(() => page.getByRole('main').innerText());
    expect(await page.evaluate('window.notReloaded')).toBe(true);
    await page.close();
  }, 180_000);

  it('waits for a part of the page that the server could not send, and shows it then', async () => {
    const { page } = await openPage(arena.browser, DESKTOP);
    let refused = 0;
    await page.route(/equity-chart/, async (route) => {
      refused += 1;
      await (refused <= 2 ? route.abort('connectionrefused') : route.continue());
    });
    await page.goto(arena.server.url);
    await page.locator('.uplot').first().waitFor();
    expect(refused).toBe(3);
    expect(await page.getByRole('main').innerText()).not.toContain('broke');
    await page.close();
  }, 120_000);

  it('says what is missing, and stays useful, on an address that does not exist', async () => {
    const { page } = await openPage(arena.browser, DESKTOP);
    for (const path of ['/bots/no-such-bot', '/nowhere']) {
      await page.goto(`${arena.server.url}${path}`);
      await page.getByRole('main').getByRole('link').first().waitFor();
      expect(await page.getByRole('main').innerText()).toMatch(/no bot|nothing at|not found/i);
    }
    await page.close();
  }, 120_000);
});

function visible(page: Page, text: string | RegExp) {
  return page.getByText(text, { exact: true }).filter({ visible: true }).first();
}

async function firstPrice(page: Page): Promise<string> {
  return visible(page, 'BTC').locator('xpath=..').innerText();
}

async function expectChange(read: () => Promise<string>): Promise<void> {
  const before = await read();
  await expect.poll(read, { timeout: 20_000, interval: 100 }).not.toBe(before);
}
