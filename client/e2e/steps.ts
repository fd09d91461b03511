import type { Page } from 'playwright-core';

export const PASSWORD = 'correct horse battery';

/** What is pressed, by its whole name or a part of it. */
export const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

/** Waits until the page says so in a notice. */
export async function notice(page: Page, text: string | RegExp): Promise<void> {
  await page
    .getByRole('listitem')
    .getByText(text, { exact: typeof text === 'string' })
    .first()
    .waitFor();
}

/** Registers on the page that is open. @returns the recovery code. */
export async function register(page: Page, username: string): Promise<string> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await button(page, 'Register').click();
  await button(page, 'I have kept it').waitFor();
  const code = await page.getByLabel('Recovery code').innerText();
  await button(page, 'I have kept it').click();
  await page.getByRole('heading', { name: 'My bots' }).waitFor();
  return code;
}
