import { describe, expect, it } from 'vitest';
import { promptSchema } from '../../../../server/contract/http/own-bots.ts';
import { templateProblems } from '../../../../server/llm/prompt/template-problems.ts';
import { PROMPT_TEMPLATES } from '../../ui/messages/prompt-templates.ts';

describe('a prompt to start from', () => {
  it.each(PROMPT_TEMPLATES)('can be saved in any market: $title', ({ prompt }) => {
    expect(templateProblems(prompt, { symbols: [] })).toEqual([]);
    expect(promptSchema.parse(prompt)).toContain('{{openPositions}}');
  });
});
