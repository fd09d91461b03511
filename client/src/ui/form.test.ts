import { describe, expect, it } from 'vitest';
import { RequestError } from '../api/client.ts';
import { findField, tellFailure } from './form.ts';

const fieldOf = (name: string) => ({ username: 'name', 'name-taken': 'name' })[name];
const refused = (code: string, details?: unknown) =>
  new RequestError(400, { code, message: 'It was refused.', details });

describe('tellFailure', () => {
  it('says what a field can show beside it, as a sentence', () => {
    const error = refused('invalid-input', [{ path: 'username', message: '3 to 32 letters' }]);
    expect(tellFailure(error, fieldOf)).toEqual({ fields: [['name', '3 to 32 letters.']], whole: null });
  });

  it('says the whole when a problem has no field', () => {
    const error = refused('invalid-input', [
      { path: 'username', message: 'bad' },
      { path: 'elsewhere', message: 'bad' },
    ]);
    expect(tellFailure(error, fieldOf)).toEqual({ fields: [['name', 'Bad.']], whole: 'It was refused.' });
    expect(tellFailure(refused('busy'), fieldOf)).toEqual({ fields: [], whole: 'It was refused.' });
  });

  it('knows the field of a code', () => {
    expect(tellFailure(refused('name-taken'), fieldOf).fields).toEqual([['name', 'It was refused.']]);
  });

  it('does not hide a fault of the page', () => {
    expect(() => tellFailure(new TypeError('x'), fieldOf)).toThrow(TypeError);
  });
});

describe('findField', () => {
  const map = { 'settings.cooldownMs': 'cooldown' };
  const isField = (path: string) => path === 'symbols';

  it.each([
    ['settings.cooldownMs', 'cooldown'],
    ['symbols.3', 'symbols'],
    ['settings.other', undefined],
    ['', undefined],
  ])('shows %s at %s', (name, field) => {
    expect(findField(name, map, isField)).toBe(field);
  });
});
