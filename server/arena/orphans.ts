import type { AppContext } from '../context.ts';
import {
  findArchived,
  findDeletedBots,
  findDeletedUsers,
  findEventsOfDeleted,
  findQuarantined,
  findUnplacedTrades,
  findUnusedProviders,
  type OrphanRows,
} from '../db/queries/orphans.ts';
import type { Reader } from '../db/database.ts';

const KINDS: Readonly<Record<string, { description: string; find: (db: Reader) => Promise<OrphanRows> }>> = {
  quarantine: { description: 'Records the move from the old server could not place', find: findQuarantined },
  'legacy-archive': { description: 'Records of the old server, kept as they were', find: findArchived },
  'unused-providers': { description: 'Providers no bot uses', find: findUnusedProviders },
  'deleted-bots': { description: 'Deleted bots, whose books stay', find: findDeletedBots },
  'deleted-users': { description: 'Deleted users, who own those books', find: findDeletedUsers },
  'legacy-trades': { description: 'Trades of the old server without a position', find: findUnplacedTrades },
  'events-of-deleted': {
    description: 'Live events of deleted bots, until they age out',
    find: findEventsOfDeleted,
  },
};

/** Rows that belong to nothing that is shown, by kind, with up to 20 of each. */
export async function readOrphans({ db }: Pick<AppContext, 'db'>) {
  const items = [];
  for (const [kind, { description, find }] of Object.entries(KINDS)) {
    const { count, sample } = await find(db.read);
    items.push({ kind, description, count, sample: [...sample] });
  }
  return items;
}
