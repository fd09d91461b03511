import { accountText } from '../../ui/messages/account.ts';

/** In this order: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari. */
const BROWSERS = [
  ['Edge', /Edg/],
  ['Opera', /OPR\//],
  ['Firefox', /Firefox\//],
  ['Chrome', /Chrom(e|ium)\//],
  ['Safari', /Safari\//],
] as const;
const SYSTEMS = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const;

type Known = readonly (readonly [string, RegExp])[];
const nameIn = (known: Known, agent: string) => known.find(([, pattern]) => pattern.test(agent))?.[0];

/** `Firefox on Linux`, as far as a browser says; else what it says itself, shortened. */
export function browserName(agent: string): string {
  const [browser, system] = [nameIn(BROWSERS, agent), nameIn(SYSTEMS, agent)];
  if (browser !== undefined && system !== undefined) return accountText.sessions.on(browser, system);
  const said = agent.trim().slice(0, 60);
  return browser ?? (said === '' ? accountText.sessions.unknown : said);
}
