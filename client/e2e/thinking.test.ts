import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { startFakeOpenAi } from '../../server/test/support/fake-llm/openai.ts';
import type { FakeLlm, FakeLlmRequest } from '../../server/test/support/fake-llm/script.ts';
import { arenaOfSuite } from './arena-suite.ts';
import { button, notice, register } from './steps.ts';
import { DESKTOP, hasBrowser, openPage, overflow, PHONE } from './support.ts';

const LESSON = 'I hold winners too short. Next time I wait for the target.';
const ANSWER = JSON.stringify({
  decisions: [{ action: 'LONG', symbol: 'BTCUSDT', size: 300, leverage: 2, reasoning: 'The trend holds.' }],
});
const HOLD = '{"decisions":[{"action":"HOLD","reasoning":"Nothing new."}]}';

/** A model that looks something up before each decision, and sums up when it is asked to. */
function play({ text, body }: FakeLlmRequest) {
  if (text.includes('Reply with the word ready')) return 'ready';
  if (!text.includes('## Answer')) return LESSON;
  const { tools, messages } = body as { tools?: unknown[]; messages: { role: string }[] };
  const hasLooked = messages.some(({ role }) => role === 'tool');
  if (tools && !hasLooked) return { toolCalls: [{ name: 'current_price', args: { symbols: ['BTCUSDT'] } }] };
  return text.includes('opened because') ? HOLD : ANSWER;
}

describe.runIf(hasBrowser)('bots that think, in a browser', () => {
  const arena = arenaOfSuite({ ALLOW_PRIVATE_ENDPOINTS: '1', TURN_INTERVAL_MS: '1000' });
  let fake: FakeLlm | undefined;
  afterAll(async () => await fake?.close());

  it('goes from a provider to a bot that decides, is looked into, and sums up what it has learnt', async () => {
    fake = await startFakeOpenAi(Array.from({ length: 2000 }, () => play));
    const { page, problems } = await openPage(arena.browser, DESKTOP);
    await page.goto(`${arena.server.url}/register`);
    await register(page, 'thinker');
    await addProvider(page, `${arena.server.url}/providers`, fake.url);
    await makeThinker(page, `${arena.server.url}/me/new`);

    await lookInto(page);
    await tryOut(page);
    await sumUp(page);
    await page.setViewportSize(PHONE);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
    await page.context().close();
  }, 120_000);
});

/** Saved and tried with a real call. */
async function addProvider(page: Page, address: string, endpoint: string): Promise<void> {
  await page.goto(address);
  await button(page, 'Add a provider').first().click();
  await page.getByLabel('Where the model is').selectOption({ label: 'Another endpoint' });
  await page.getByLabel('Model', { exact: true }).fill('thinker-1');
  await page.getByLabel('Name', { exact: true }).fill('My model');
  await page.getByLabel('Address').fill(endpoint);
  await page.getByText('Advanced').click();
  await page.getByLabel('Form of the answer').selectOption('schema');
  await page.getByLabel('Tools', { exact: true }).selectOption('yes');
  await button(page, 'Save').click();
  await button(page, 'Test My model').click();
  await page.getByText('It answers.').first().waitFor();
  await button(page, 'Done').click();
  await page.getByText('My model').first().waitFor();
}

async function makeThinker(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel('Name', { exact: true }).fill('Deep thought');
  await page.getByRole('radio', { name: /A model/ }).check();
  await page.getByLabel('Provider', { exact: true }).selectOption({ label: 'My model (thinker-1)' });
  const prompt = page.getByLabel('Prompt', { exact: true });
  await prompt.fill('Trade {{marketDat}} with care.');
  await page.getByText('{{marketDat}} is not a placeholder.').waitFor();
  await button(page, /Replace/)
    .first()
    .click();
  expect(await prompt.inputValue()).toBe('Trade {{marketData}} with care.');
  await page.getByText('How the model thinks').click();
  await page.getByLabel('Analysis steps').selectOption('2');
  await button(page, 'Make the bot').click();
  await page.getByRole('heading', { name: 'Deep thought', exact: true }).waitFor();
}

async function tryOut(page: Page): Promise<void> {
  await button(page, 'Preview').click();
  await page.getByText('The exact prompt').first().waitFor();
  await button(page, 'Dry run').click();
  await page.getByText('Nothing is traded.').first().waitFor();
  await page.getByText('Calls', { exact: true }).first().waitFor();
}

/** Waits for enough decisions to sum up, and opens the whole record of one. */
async function lookInto(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Decisions' }).click();
  const rows = page.getByRole('listitem').filter({ hasText: '1 tool' });
  await expect.poll(() => rows.count(), { timeout: 30_000 }).toBeGreaterThanOrEqual(5);
  await button(page, 'Pause Deep thought').click();
  await button(page, 'Resume Deep thought').waitFor();
  const row = rows.first();
  await row.getByRole('button').first().click();
  await row.locator('summary').filter({ hasText: '1 tool' }).click();
  await row.getByText('current_price').waitFor();
  await row.getByText('thinker-1').first().waitFor();
}

async function sumUp(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Learning' }).click();
  await button(page, 'Summarise now').click();
  await page.getByText(LESSON).first().waitFor();
  await notice(page, /^Summary \d+ is made\.$/);
}
