import { hash as bcryptHash } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { PASSWORD_LENGTH, Passwords } from './passwords.ts';

const passwords = new Passwords();

describe('Passwords', () => {
  it('stores Argon2id with 19 MiB, two passes and one lane', async () => {
    expect(await passwords.hash('a good phrase')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('knows the right one, however long, to the last letter', async () => {
    const long = 'x'.repeat(255);
    const stored = await passwords.hash(`${long}a`);
    expect(await passwords.verify(stored, `${long}a`)).toEqual({ isRight: true, isOutdated: false });
    expect(await passwords.verify(stored, `${long}b`)).toEqual({ isRight: false, isOutdated: false });
    expect(await passwords.verify(stored, long)).toMatchObject({ isRight: false });
  });

  it('takes the old server’s bcrypt once more, and says that it is outdated', async () => {
    const stored = await bcryptHash('an old phrase', 10);
    expect(await passwords.verify(stored, 'an old phrase')).toEqual({ isRight: true, isOutdated: true });
    expect((await passwords.verify(stored, 'another phrase')).isRight).toBe(false);
  });

  it.each([null, '', 'plain', '$argon2i$v=19$m=1,t=1,p=1$c2FsdHNhbHQ$aGFzaA', '$2b$99$short'])(
    'finds nothing right for a stored %j',
    async (stored) => {
      expect(await passwords.verify(stored, 'anything')).toEqual({ isRight: false, isOutdated: false });
    },
  );

  it('refuses what everybody uses, whatever its case', async () => {
    for (const common of ['password', 'PassWord1', 'iloveyou', 'qwertyuiop'])
      await expect(passwords.assertUncommon(common, 'anna')).rejects.toThrow(/most used/);
    await expect(passwords.assertUncommon('a phrase of my own', 'anna')).resolves.toBeUndefined();
  });

  it('knows at least the three thousand most used that are long enough', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    const listed = dictionary['passwords-common'].filter(({ length }) => length >= PASSWORD_LENGTH.least);
    expect(listed.length).toBeGreaterThan(3000);
    for (const common of [...listed.slice(2990, 3010), ...listed.slice(-3)])
      await expect(passwords.assertUncommon(common, 'anna')).rejects.toThrow(/most used/);
  });

  it.each(['Arena2026!', 'anna-arena-anna', 'trading-admin', 'ANNA.1990'])(
    'refuses %s of anna: without the words of this place too little is left',
    async (password) => {
      await expect(passwords.assertUncommon(password, 'Anna')).rejects.toThrow(/Besides your name/);
    },
  );

  it('takes such words as a part of more', async () => {
    for (const phrase of ['anna sells seashells', 'the arena of my heart', '#k9!wQ2zR'])
      await expect(passwords.assertUncommon(phrase, 'anna')).resolves.toBeUndefined();
  });

  it('says that it is busy rather than let a queue grow without end', async () => {
    const crowded = new Passwords();
    const answers = await Promise.allSettled(
      Array.from({ length: 500 }, () => crowded.verify('$2b$04$' + 'a'.repeat(53), 'x')),
    );
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(90);
    for (const answer of refused) expect(answer).toMatchObject({ reason: { code: 'busy' } });
  });
});
