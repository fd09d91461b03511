import { z } from 'zod';

export type Tag =
  | 'Arena'
  | 'Bots'
  | 'Own bots'
  | 'Account'
  | 'Providers'
  | 'Wallets'
  | 'Markets'
  | 'Administration';

/** One operation of the API: what it takes and what it answers. `http/policy.ts` says who may call it. */
export interface Endpoint<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters as Express writes them: `/api/v2/bots/:botId`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly params: Params;
  readonly query: Query;
  /** null = a body is refused. */
  readonly body: Body | null;
  readonly status: 200 | 201 | 202 | 204;
  /** null = no content. */
  readonly answer: Answer | null;
}

const nothing = z.strictObject({});

interface Parts<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  A extends z.ZodType,
> extends Pick<Endpoint, 'method' | 'path' | 'tag' | 'summary' | 'description'> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly status?: Endpoint['status'];
  readonly answer?: A;
}

/** Names what is left out: no parameters, no query, no body, no content. */
export function endpoint<
  P extends z.ZodObject = typeof nothing,
  Q extends z.ZodObject = typeof nothing,
  B extends z.ZodType = z.ZodNever,
  A extends z.ZodType = z.ZodNever,
>(parts: Parts<P, Q, B, A>): Endpoint<P, Q, B, A> {
  return {
    ...parts,
    params: parts.params ?? (nothing as unknown as P),
    query: parts.query ?? (nothing as unknown as Q),
    body: parts.body ?? null,
    status: parts.status ?? (parts.answer ? 200 : 204),
    answer: parts.answer ?? null,
  };
}
