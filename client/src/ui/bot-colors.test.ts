import { describe, expect, it } from 'vitest';
import { assignColors, hashOf, PALETTE_SIZE } from './bot-colors.ts';

const botsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `bot-${index}`, createdAt: index }));

describe('assignColors', () => {
  it('gives ten bots ten colours', () => {
    expect(new Set(assignColors(botsOf(PALETTE_SIZE)).values()).size).toBe(PALETTE_SIZE);
  });

  it('never changes a colour because a bot came later', () => {
    const before = assignColors(botsOf(7));
    const after = assignColors(botsOf(25).toReversed());
    for (const [id, color] of before) expect(after.get(id)).toBe(color);
  });

  it('starts from the id’s own hash', () => {
    expect(hashOf('a')).toBe(0xe40c292c);
    expect(assignColors([{ id: 'a', createdAt: 0 }]).get('a')).toBe(0xe40c292c % PALETTE_SIZE);
  });
});
