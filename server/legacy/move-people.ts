import { inserter } from './insert.ts';
import type { Move } from './move.ts';
import type { SourceRow } from './source.ts';
import { flagOf, idOf, textOf, timeOf } from './values.ts';

const insertUser = inserter(
  'users',
  ['id'],
  ['id', 'username', 'password_hash', 'role', 'is_active', 'created_at', 'deleted_at'],
);
const insertRecovery = inserter('user_recovery', ['user_id'], ['user_id', 'legacy_phrase_hash']);
const insertProvider = inserter(
  'llm_providers',
  ['id'],
  [
    'id',
    'user_id',
    'name',
    'provider_type',
    'api_endpoint',
    'model_name',
    'api_key_encrypted',
    'is_active',
    'created_at',
    'updated_at',
  ],
);
const insertWallet = inserter(
  'wallets',
  ['id'],
  [
    'id',
    'user_id',
    'name',
    'exchange',
    'api_key_encrypted',
    'api_secret_encrypted',
    'created_at',
    'updated_at',
  ],
);

const keys = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const USER_KEYS = keys('id username password_hash recovery_phrase_hash role is_active created_at updated_at');
const PROVIDER_KEYS = keys(
  'id user_id name provider_type api_endpoint model_name api_key_encrypted is_active created_at updated_at',
);
const WALLET_KEYS = keys(
  'id user_id name wallet_name exchange api_key_encrypted api_secret_encrypted created_at updated_at',
);

export interface Provider {
  readonly id: string;
  readonly userId: string;
  readonly type: string;
  /** Why bots cannot use it; null = they can. */
  readonly problem: string | null;
}

/** The users, providers and wallets that have been moved; owners nobody knows get an account nobody can enter. */
export class People {
  readonly providers = new Map<string, Provider>();
  readonly #move: Move;
  readonly #users = new Set<string>();
  /** Those the target had before. */
  readonly #present = new Set<string>();
  readonly #names = new Set<string>();
  #keptAside = 0;
  /** Whose the target's providers and wallets are. */
  readonly #owners = new Map<string, string>();

  constructor(move: Move) {
    this.#move = move;
  }

  async moveAll(): Promise<void> {
    const { source, target, tally } = this.#move;
    const present = await target.kysely.selectFrom('users').select(['id', 'username']).execute();
    for (const table of ['llm_providers', 'wallets'] as const)
      for (const { id, user_id } of await target.kysely.selectFrom(table).select(['id', 'user_id']).execute())
        this.#owners.set(`${table} ${id}`, user_id);
    for (const { id, username } of present) {
      this.#present.add(id);
      this.#remember(id, username);
    }
    for (const row of source.rows('users')) this.#moveUser(row);
    for (const row of source.rows('llm_providers')) this.#moveProvider(row);
    for (const row of source.rows('wallets')) this.#moveWallet(row);
    if (this.#keptAside > 0)
      tally.note(
        `${this.#keptAside} sealed keys could not be read and are kept in legacy_archive. Enter them again, or move the ` +
          'old database once more with LEGACY_ENCRYPTION_KEY set to the old server’s key.',
      );
  }

  /** The owner of a record. Unknown ones are created, switched off and without a password. */
  owner(path: string, value: unknown): string {
    const id = idOf(value) ?? 'legacy-nobody';
    if (this.#users.has(id)) return id;
    const reason = 'an unknown owner: an account without a password owns it';
    this.#move.tally.setAside(path, value ?? 'nobody', reason);
    this.#insertUser(id, { username: `lost ${id}`, isActive: false });
    return id;
  }

  /** A provider for a bot that has none it may use. */
  addPlaceholder(botId: string, userId: string, facts: { name: string; type: string }): Provider {
    const { target, at } = this.#move;
    const id = `legacy-provider-${botId}`;
    target.run(
      insertProvider({
        id,
        user_id: userId,
        name: facts.name,
        provider_type: facts.type,
        api_endpoint: null,
        model_name: 'unknown',
        api_key_encrypted: null,
        is_active: 1,
        created_at: at,
        updated_at: at,
      }),
    );
    return { id, userId, type: facts.type, problem: `its provider "${facts.name}" has no settings here` };
  }

  #moveUser({ path, fields }: SourceRow): void {
    const { tally } = this.#move;
    const id = idOf(fields.id);
    if (id === undefined) return tally.quarantine('users', { path, value: fields }, 'a user without an id');
    if (this.#present.delete(id)) return tally.known('users');
    if (this.#users.has(id)) return this.#meetAgain('users', { path, fields }, id);
    const hash = textOf(fields.password_hash) ?? null;
    if (hash === null) tally.setAside(`${path}.password_hash`, fields.password_hash, 'not a password hash');
    const role = fields.role ?? 'user';
    const isRole = role === 'user' || role === 'admin' || role === 'moderator';
    if (!isRole) tally.setAside(`${path}.role`, fields.role, 'an unknown role; the user is a plain one');
    this.#insertUser(id, {
      username: this.#text(`${path}.username`, fields.username) ?? `user ${id}`,
      isActive: this.#isActive(path, fields.is_active),
      hash,
      role: isRole ? role : 'user',
      createdAt: this.#time(`${path}.created_at`, fields.created_at),
    });
    this.#moveRecovery(id, { path, fields }, hash);
    tally.archiveRest(path, fields, USER_KEYS);
    tally.imported('users');
  }

  /** Who cannot be read as active stays out. */
  #isActive(path: string, value: unknown): boolean {
    const flag = flagOf(value ?? 1);
    if (flag === undefined)
      this.#move.tally.setAside(`${path}.is_active`, value, 'neither yes nor no: it is switched off');
    return flag ?? false;
  }

  /** A copy of the password's hash was never a recovery phrase: it must not open the account. */
  #moveRecovery(userId: string, { path, fields }: SourceRow, passwordHash: string | null): void {
    const { target, tally } = this.#move;
    const value = fields.recovery_phrase_hash;
    if (value === null || value === undefined) return;
    const phrase = textOf(value);
    if (phrase === undefined) return tally.setAside(`${path}.recovery_phrase_hash`, value, 'not a hash');
    if (phrase === passwordHash) {
      tally.note(
        `The recovery phrase of user "${userId}" was only a copy of the password's hash: it is void.`,
      );
      return;
    }
    target.run(insertRecovery({ user_id: userId, legacy_phrase_hash: phrase }));
  }

  #insertUser(
    id: string,
    user: {
      username: string;
      isActive: boolean;
      hash?: string | null;
      role?: 'user' | 'admin' | 'moderator';
      createdAt?: number;
    },
  ): void {
    const username = this.#freeName(user.username, id);
    this.#move.target.run(
      insertUser({
        id,
        username,
        password_hash: user.hash ?? null,
        role: user.role ?? 'user',
        is_active: user.isActive ? 1 : 0,
        created_at: user.createdAt ?? this.#move.at,
        deleted_at: null,
      }),
    );
    this.#remember(id, username);
  }

  #freeName(name: string, id: string): string {
    let free = name;
    for (let i = 2; this.#names.has(free.toLowerCase()); i += 1) free = `${name} (${i})`;
    if (free !== name)
      this.#move.tally.setAside(`users of ${id}`, name, `a user name that is taken: it is "${free}" now`);
    return free;
  }

  #remember(id: string, username: string): void {
    this.#users.add(id);
    this.#names.add(username.toLowerCase());
  }

  /** An id the target has given to another owner's record cannot be used again. */
  #idIn(table: 'llm_providers' | 'wallets', id: string, userId: string): string {
    const owner = this.#owners.get(`${table} ${id}`);
    return owner === undefined || owner === userId ? id : `${userId}/${id}`;
  }

  #moveProvider({ path, fields }: SourceRow): void {
    const { tally, target } = this.#move;
    const known = idOf(fields.id);
    if (known === undefined)
      return tally.quarantine('providers', { path, value: fields }, 'a provider without an id');
    if (this.providers.has(known)) return this.#meetAgain('providers', { path, fields }, known);
    const userId = this.owner(`${path}.user_id`, fields.user_id);
    const id = this.#idIn('llm_providers', known, userId);
    tally.archiveRest(path, fields, PROVIDER_KEYS);
    const type = this.#text(`${path}.provider_type`, fields.provider_type) ?? 'unknown';
    const name = this.#text(`${path}.name`, fields.name) ?? type;
    const place = { table: 'llm_providers' as const, rowId: id, userId, column: 'api_key_encrypted' };
    const key = this.#reseal(`${path}.api_key_encrypted`, fields.api_key_encrypted, place);
    const createdAt = this.#time(`${path}.created_at`, fields.created_at);
    const changed = target.run(
      insertProvider({
        id,
        user_id: userId,
        name,
        provider_type: type,
        api_endpoint: this.#text(`${path}.api_endpoint`, fields.api_endpoint) ?? null,
        model_name: this.#text(`${path}.model_name`, fields.model_name) ?? 'unknown',
        api_key_encrypted: key.sealed,
        is_active: (flagOf(fields.is_active ?? 1) ?? true) ? 1 : 0,
        created_at: createdAt,
        updated_at: createdAt,
      }),
    );
    const hasAdapter = this.#move.providerTypes.has(type);
    const problem = hasAdapter ? key.problem : `this server cannot ask its provider "${name}" (${type}) yet`;
    this.providers.set(known, { id, userId, type, problem });
    if (changed === 1) tally.imported('providers');
    else tally.known('providers');
  }

  #moveWallet({ path, fields }: SourceRow): void {
    const { tally, target } = this.#move;
    const known = idOf(fields.id);
    if (known === undefined)
      return tally.quarantine('wallets', { path, value: fields }, 'a wallet without an id');
    const userId = this.owner(`${path}.user_id`, fields.user_id);
    const id = this.#idIn('wallets', known, userId);
    tally.archiveRest(path, fields, WALLET_KEYS);
    const seal = (column: 'api_key_encrypted' | 'api_secret_encrypted') =>
      this.#reseal(`${path}.${column}`, fields[column], { table: 'wallets', rowId: id, userId, column })
        .sealed;
    const createdAt = this.#time(`${path}.created_at`, fields.created_at);
    const changed = target.run(
      insertWallet({
        id,
        user_id: userId,
        name: this.#text(`${path}.name`, fields.name ?? fields.wallet_name) ?? id,
        exchange: this.#text(`${path}.exchange`, fields.exchange) ?? 'unknown',
        api_key_encrypted: seal('api_key_encrypted'),
        api_secret_encrypted: seal('api_secret_encrypted'),
        created_at: createdAt,
        updated_at: createdAt,
      }),
    );
    if (changed === 1) tally.imported('wallets');
    else tally.known('wallets');
  }

  /** An id a second time is another record, which must not be lost. */
  #meetAgain(kind: 'users' | 'providers', { path, fields }: SourceRow, id: string): void {
    this.#move.tally.quarantine(
      kind,
      { path, value: fields },
      `the id "${id}" is taken by a record before it`,
    );
  }

  /** A secret nobody here can read is kept aside as it was: with the old key it can be sealed anew later. */
  #reseal(
    path: string,
    value: unknown,
    place: Parameters<Move['secrets']['reseal']>[0],
  ): { sealed: string | null; problem: string | null } {
    const { secrets, tally } = this.#move;
    if (value === null || value === undefined || value === '') return { sealed: null, problem: null };
    const sealed = typeof value === 'string' ? secrets.reseal(place, value) : undefined;
    if (sealed !== undefined) return { sealed, problem: null };
    const why = secrets.canOpen
      ? 'the given LEGACY_ENCRYPTION_KEY does not open it'
      : 'sealed with a key that was not given (LEGACY_ENCRYPTION_KEY)';
    tally.archive('values', { path, value }, why);
    this.#keptAside += 1;
    return { sealed: null, problem: `its API key is ${why}; enter it again` };
  }

  /** undefined where there is no text; anything else that stands there is set aside. */
  #text(path: string, value: unknown): string | undefined {
    const text = textOf(value);
    if (text === undefined) this.#move.tally.setAside(path, value, 'not a text');
    return text;
  }

  #time(path: string, value: unknown): number {
    const at = timeOf(value);
    if (at === undefined) this.#move.tally.setAside(path, value, 'not a time');
    return at ?? this.#move.at;
  }
}
