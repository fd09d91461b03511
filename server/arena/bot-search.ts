/** What a search looks at. */
export interface Searched {
  readonly name: string;
  readonly owner: { readonly username: string };
  readonly provider: { readonly type: string; readonly model: string };
}

/** Whether a bot has every word of the search in its name, owner, model or strategy. */
export function searchOf(q: string): (bot: Searched) => boolean {
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return ({ name, owner, provider }) => {
    const text = `${name} ${owner.username} ${provider.model} ${provider.type}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
