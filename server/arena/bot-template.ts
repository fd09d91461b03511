import type { AppContext } from '../context.ts';
import { InvalidInputError } from '../errors.ts';
import { templateProblems, type TemplateProblem } from '../llm/prompt/template-problems.ts';

type Market = Pick<AppContext, 'market'>;
type Limits = Pick<AppContext, 'settings'>;

/** What keeps a bot's prompt from being saved in this market, in the order of the template. */
export function problemsOf({ market }: Market, template: string): readonly TemplateProblem[] {
  return templateProblems(template, { symbols: market.symbols.map(({ symbol }) => symbol) });
}

/**
 * @throws InvalidInputError for a prompt that is too long for this arena, or has placeholders that mean nothing: it tells
 * of each, with the nearest that does.
 */
export function assertPrompt(ctx: Market & Limits, prompt: string): void {
  assertPromptLength(ctx, prompt);
  const problems = problemsOf(ctx, prompt);
  const [first] = problems;
  if (!first) return;
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  throw new InvalidInputError(
    `The prompt cannot be saved: ${first.message}${more}`,
    problems.map(({ message }) => ({ path: 'prompt', message })),
  );
}

/** @throws InvalidInputError */
export function assertPromptLength({ settings }: Limits, prompt: string): void {
  const most = settings.current.max_prompt_length;
  if (prompt.length <= most) return;
  throw new InvalidInputError(`The prompt has ${prompt.length} characters; this arena allows ${most}.`, [
    { path: 'prompt', message: `at most ${most} characters` },
  ]);
}

/** Symbols of this market only: others would never trade. @throws InvalidInputError */
export function assertSymbols({ market }: Market, symbols: readonly string[] | null): void {
  const unknown = symbols?.filter((symbol) => !market.spec(symbol)) ?? [];
  if (unknown.length === 0) return;
  throw new InvalidInputError(`This market has no ${unknown.join(', ')}.`, [
    { path: 'tradingSymbols', message: `unknown: ${unknown.join(', ')}` },
  ]);
}
