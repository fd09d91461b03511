import { hash as bcryptHash } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { Passwords } from './passwords.ts';

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
      await expect(passwords.assertUncommon(common)).rejects.toThrow(/most used/);
    await expect(passwords.assertUncommon('a phrase of my own')).resolves.toBeUndefined();
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
