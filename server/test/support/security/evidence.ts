/** A secret that was planted, and where it may turn up. */
export interface PlantedSecret {
  readonly name: string;
  readonly text: string;
  /** Of the places it may be seen at; none = nowhere. */
  readonly allowed?: RegExp;
  /** Whether files hold it as it is; else its absence is looked for there, too. */
  readonly isStoredPlain?: boolean;
}

/** Everything that came out of an arena, and where: answers, frames, prompts, log lines, files. */
export class Evidence {
  readonly #exhibits: { readonly where: string; readonly content: Buffer }[] = [];

  add(where: string, content: string | Buffer): void {
    this.#exhibits.push({ where, content: Buffer.from(content) });
  }

  get size(): number {
    return this.#exhibits.length;
  }

  /** The places where a secret is seen, as it is or in another dress. */
  sightings({ text }: Pick<PlantedSecret, 'text'>): string[] {
    const dresses = [...new Set(dressesOf(text))].map((dress) => Buffer.from(dress));
    return this.#exhibits
      .filter(({ content }) => dresses.some((dress) => content.includes(dress)))
      .map(({ where }) => where);
  }

  /** Where a secret is seen and must not be. */
  leaks({ allowed, isStoredPlain = false, ...secret }: PlantedSecret): string[] {
    return this.sightings(secret)
      .filter((where) => !(allowed?.test(where) ?? false) && !(isStoredPlain && where.startsWith('file ')))
      .map((where) => `${secret.name} in ${where}`);
  }
}

function dressesOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    // As part of something longer the first and the last letters may differ.
    ...[0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(shift === 0 ? 0 : 4, -4),
    ),
    secret.split('').toReversed().join(''),
  ];
}
