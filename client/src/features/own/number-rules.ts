import { count } from '../../ui/format.ts';
import { ownText } from '../../ui/messages/own-bots.ts';

export interface Range {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
}

/** Whether a typed number lies in the range, ends included. */
export function isBetween(typed: string, { least, most, isWhole }: Range): boolean {
  const value = Number(typed);
  return typed.trim() !== '' && value >= least && value <= most && (!isWhole || Number.isInteger(value));
}

/** For fields that may be empty: true, or what is wrong. */
export function optionalBetween(range: Range): (typed: string) => true | string {
  return (typed) => {
    if (typed.trim() === '' || isBetween(typed, range)) return true;
    const isFraction = range.isWhole && isBetween(typed, { ...range, isWhole: false });
    return isFraction ? ownText.form.whole : ownText.form.between(count(range.least), count(range.most));
  };
}
