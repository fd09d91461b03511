/** Most models give their calls no ids; such a call is told from others by a name of ours, which is not sent back. */
const PREFIX = 'gemini-call-';

/** @param index of the call in the whole conversation. */
export function ownCallId(index: number): string {
  return `${PREFIX}${index}`;
}

export function isOwnCallId(id: string): boolean {
  return id.startsWith(PREFIX);
}
