import type { Overrides } from '../app.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Logger } from '../log.ts';

/** What every part of the start needs. */
export interface Basis {
  readonly overrides: Overrides;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly wallNow: () => number;
}
