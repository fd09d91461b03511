import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { arenaOfSuite } from './arena-suite.ts';
import { button, notice, PASSWORD, register } from './steps.ts';
import { DESKTOP, hasBrowser, openPage, overflow, PHONE } from './support.ts';

const WAIT_MS = 30_000;

describe.runIf(hasBrowser)('accounts in a browser', () => {
  const arena = arenaOfSuite();

  it('takes a newcomer to a trading bot, and lets them run it', async () => {
    const { page, problems } = await openPage(arena.browser, DESKTOP);
    await page.goto(arena.server.url);
    await page.getByRole('link', { name: 'Register' }).click();
    await register(page, 'newcomer');
    await page.getByRole('link', { name: 'Make your first bot' }).click();
    await makeBot(page, 'First try');

    await button(page, /^Close (LONG|SHORT)/)
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'Arena', exact: true }).first().click();
    await page.getByRole('link', { name: 'First try' }).first().click();
    await pause(page);
    const open = await openPositions(page);
    await button(page, /^Close (LONG|SHORT)/)
      .first()
      .click();
    await button(page, 'Close it').click();
    await notice(page, /^Closed /);
    await expect.poll(() => openPositions(page)).toBe(open - 1);
    await page.getByRole('tab', { name: 'Trades' }).click();
    await page.getByRole('cell', { name: 'by hand' }).waitFor();

    await button(page, /^Stop & target/)
      .first()
      .click();
    await page.getByLabel('Stop', { exact: true }).fill('');
    await button(page, 'Save').click();
    await notice(page, /^Adjusted /);

    await button(page, 'Resume First try').click();
    await notice(page, 'First try goes on.');
    await forceTurn(page, 'First try');

    await pause(page);
    await chooseMore(page, 'Reset');
    await page.getByLabel('Type “First try” to confirm').fill('first');
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await page.getByText('This is not the name.').waitFor();
    await page.getByLabel('Type “First try” to confirm').fill('First try');
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await notice(page, 'First try begins anew.');
    await expect.poll(() => openPositions(page)).toBe(0);

    await chooseMore(page, 'Delete');
    await page.getByLabel('Type “First try” to confirm').fill('First try');
    await button(page, 'Delete for good').click();
    await page.getByRole('heading', { name: 'Make your first bot' }).waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('logs out and in again, back to the page that asked for it', async () => {
    const { page, problems } = await openPage(arena.browser, DESKTOP);
    await page.goto(`${arena.server.url}/register`);
    await register(page, 'returner');
    await button(page, 'Your account, returner').click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.getByRole('link', { name: 'Log in' }).waitFor();
    await page.goto(`${arena.server.url}/account?tab=keys`);
    await page.getByLabel('User name').fill('returner');
    await page.getByLabel('Password', { exact: true }).fill('something else');
    await button(page, 'Log in').click();
    await page.getByText('The name or the password is not right.').waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe('returner');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await button(page, 'Log in').click();
    await button(page, 'New key').waitFor();
    expect(page.url()).toBe(`${arena.server.url}/account?tab=keys`);

    await button(page, 'New key').click();
    await page.getByLabel('Name').fill('my script');
    await button(page, 'Make the key').click();
    const key = await page.getByLabel('API key', { exact: true }).innerText();
    expect(key).toMatch(/^ark_\S{20,}$/);
    const answer = await fetch(`${arena.server.url}/api/v2/bots?owner=me`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(200);
    await button(page, 'I have kept it').click();
    await page.reload();
    await page.getByText('my script').waitFor();
    expect(await page.content()).not.toContain(key);
    expect(problems).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('opens the account again with the recovery code', async () => {
    const { page } = await openPage(arena.browser, DESKTOP);
    await page.goto(`${arena.server.url}/register`);
    const code = await register(page, 'forgetful');
    await page.context().clearCookies();
    await page.goto(`${arena.server.url}/recover`);
    await page.getByLabel('User name').fill('forgetful');
    await page.getByLabel('Recovery code').fill(code);
    await page.getByLabel('New password').fill('another long password');
    await button(page, 'Set the new password').click();
    await button(page, 'I have kept it').waitFor();
    const next = await page.getByLabel('Recovery code').innerText();
    expect(next).not.toBe(code);
    await page.getByRole('link', { name: 'Bots', exact: true }).first().click();
    await page.getByText('Leave without keeping it?').waitFor();
    await button(page, 'Stay').click();
    await button(page, 'I have kept it').click();
    await page.getByRole('heading', { name: 'My bots' }).waitFor();
    await page.context().close();
  }, 60_000);

  it('shows a stranger nothing of what is private, and the owner all of it live', async () => {
    const owner = await openPage(arena.browser, DESKTOP);
    await owner.page.goto(`${arena.server.url}/register`);
    await register(owner.page, 'secretive');
    await owner.page.goto(`${arena.server.url}/me/new`);
    await owner.page.getByRole('heading', { name: 'What others see' }).click();
    await owner.page.getByLabel('Positions and trades').selectOption('owner');
    await makeBot(owner.page, 'Hidden hand');
    const address = owner.page.url();
    await button(owner.page, /^Close (LONG|SHORT)/)
      .first()
      .waitFor();

    const stranger = await openPage(arena.browser, DESKTOP);
    await stranger.page.goto(address);
    await stranger.page.getByText('The owner keeps the open positions private').waitFor();
    await stranger.page
      .getByRole('button', { name: /private/ })
      .first()
      .waitFor();
    const seen = await stranger.page.getByRole('main').innerText();
    expect(seen).not.toMatch(/LONG|SHORT|Keeps|opens|Stop &|Your bot/);
    expect(await button(stranger.page, 'Pause Hidden hand').count()).toBe(0);

    // A turn that comes while both look: its reasons are the owner's alone.
    await forceTurn(owner.page, 'Hidden hand');
    const latest = owner.page.getByRole('tabpanel').getByRole('listitem').first();
    const before = await latest.innerText();
    await expect.poll(() => latest.innerText(), { timeout: WAIT_MS }).not.toBe(before);
    expect(await latest.innerText()).not.toContain('private');
    expect(await openPositions(owner.page)).toBeGreaterThan(0);
    expect(await stranger.page.getByRole('main').innerText()).not.toMatch(/LONG|SHORT/);
    expect([...owner.problems, ...stranger.problems]).toEqual([]);
    await Promise.all([owner.page.context().close(), stranger.page.context().close()]);
  }, 60_000);

  it('fits every page of an account on a phone', async () => {
    const { page, problems } = await openPage(arena.browser, PHONE, { hasTouch: true });
    await page.goto(`${arena.server.url}/me`);
    await page.waitForURL(/\/login\?to=%2Fme/);
    await page.goto(await arena.server.adminLink());
    expect(await page.getByLabel('Invitation code').inputValue()).not.toBe('');
    await register(page, 'keeper');
    await page.goto(`${arena.server.url}/me/new`);
    await makeBot(page, 'Pocket bot');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Me' }).click();
    await page.getByRole('link', { name: 'Edit Pocket bot' }).click();
    await page.getByRole('heading', { name: 'Edit Pocket bot' }).waitFor();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    for (const [path, sign] of PHONE_PAGES) {
      await page.goto(arena.server.url + path);
      await page.getByText(sign).filter({ visible: true }).first().waitFor();
      expect([path, Math.max(0, await overflow(page))]).toEqual([path, 0]);
    }
    expect(problems).toEqual([]);
    await page.context().close();
  }, 60_000);
});

/** Every page, with something that is there when it has loaded. */
const PHONE_PAGES = [
  ['/me', 'Pocket bot'],
  ['/account', 'One-time codes'],
  ['/account?tab=sessions', 'this one'],
  ['/account?tab=keys', 'New key'],
  ['/account?tab=usage', 'Providers'],
  ['/account?tab=log', 'registered'],
  ['/account?tab=data', 'Your data as a file'],
  ['/providers', 'Buy and hold'],
  ['/providers?tab=wallets', 'Add a wallet'],
  ['/admin', 'House of Trends'],
  ['/admin?tab=invites', 'administrator'],
  ['/admin?tab=settings', 'Initial balance'],
  ['/admin?tab=log', 'made a bot'],
  ['/admin?tab=care', 'Remove the demo'],
  ['/recover', 'Set the new password'],
] as const;

async function makeBot(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await button(page, 'Make the bot').click();
  await page.getByRole('heading', { name, exact: true }).waitFor();
}

async function pause(page: Page): Promise<void> {
  await button(page, 'Pause First try').click();
  await button(page, 'Resume First try').waitFor();
}

/** While a turn runs, another is refused: then it is asked for again. */
async function forceTurn(page: Page, name: string): Promise<void> {
  const said = page.getByText(new RegExp(`^Turn \\d+ of ${name} is on its way`)).first();
  const ask = async () => {
    await button(page, `Turn now, ${name}`).click();
    return said.waitFor({ timeout: 1_000 }).then(
      () => true,
      () => false,
    );
  };
  await expect.poll(ask, { timeout: WAIT_MS }).toBe(true);
}

async function chooseMore(page: Page, item: string): Promise<void> {
  await button(page, 'More').click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function openPositions(page: Page): Promise<number> {
  const title = await page.getByRole('heading', { name: /^Open positions/ }).innerText();
  return Number(/\((\d+)\)/.exec(title)?.[1] ?? 0);
}
