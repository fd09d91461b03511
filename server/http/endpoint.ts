import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { z } from 'zod';
import type { Actor, AppContext, Trace } from '../context.ts';
import type { Principal, Visitor } from '../auth/sessions.ts';
import type { Endpoint } from '../contract/api.ts';
import { ENDPOINTS, type EndpointName } from '../contract/endpoints/index.ts';
import { findResult, rememberResult, type KeyedRequest } from '../auth/requests.ts';
import { AppError, InvalidInputError, NotSignedInError, RequestRepeatedError } from '../errors.ts';
import { callerOf, type Caller } from './caller.ts';
import { parseInput } from './parse.ts';
import {
  assertAllowed,
  RAW_ROUTES,
  ROUTE_POLICY,
  type RateClass,
  type RawRouteName,
  type RoutePolicy,
} from './policy.ts';

/** Parts that an endpoint leaves out are never there. */
type Output<T> = Exclude<T, null> extends infer S extends z.ZodType ? OrNothing<S, z.output<S>> : undefined;
type Input<T> = Exclude<T, null> extends infer S extends z.ZodType ? OrNothing<S, z.input<S>> : undefined;
type OrNothing<S, Value> = S extends z.ZodNever ? undefined : Value;
type Named<Name extends EndpointName> = (typeof ENDPOINTS)[Name];

/** A request that fits its endpoint. */
export interface Call<Name extends EndpointName> {
  readonly params: Output<Named<Name>['params']>;
  readonly query: Output<Named<Name>['query']>;
  readonly body: Output<Named<Name>['body']>;
  /** Whose eyes the answer is for; null = a stranger. */
  readonly viewerId: string | null;
  readonly principal: Principal | null;
  readonly caller: Caller;
  readonly visitor: Visitor;
  readonly trace: Trace;
  readonly res: Response;
}

/** A request of somebody known. */
export interface ActorCall<Name extends EndpointName> extends Call<Name> {
  readonly principal: Principal;
  readonly by: Actor;
}

type Answer<Name extends EndpointName> = Input<Named<Name>['answer']>;
type Reply<Name extends EndpointName> =
  | Promise<Answer<Name> | (undefined extends Answer<Name> ? void : never)>
  | Answer<Name>
  | (undefined extends Answer<Name> ? void : never);

/** What a change does, and what is said of it: also when the same request comes again and nothing is done. */
export interface Act<Name extends EndpointName, Result> {
  /** Commits `call.by.remember(result)` together with its effect. The result is stored: no secrets. */
  readonly run: () => Promise<Result>;
  readonly answer: (result: Result) => Reply<Name>;
}

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Mounts endpoints: who may, how often, what fits, the handler, and an answer that holds nothing but what the contract names. */
export class Api {
  readonly #router: Router;
  readonly #ctx: AppContext;
  readonly #limits: Readonly<Record<RateClass, RequestHandler>>;

  constructor(router: Router, ctx: AppContext, limits: Readonly<Record<RateClass, RequestHandler>>) {
    this.#router = router;
    this.#ctx = ctx;
    this.#limits = limits;
  }

  /** A route that changes nothing, or does not know yet who asks. */
  on<Name extends EndpointName>(name: Name, handle: (call: Call<Name>) => Reply<Name>): void {
    this.#mount(name, async (req, res) => {
      send(res, ENDPOINTS[name], await handle(this.#call(name, req, res)));
    });
  }

  /** A route whose handler sends by itself what it has encoded. */
  shared<Name extends EndpointName>(name: Name, handle: (call: Call<Name>) => Promise<void>): void {
    this.#mount(name, (req, res) => {
      mayBeKept(ROUTE_POLICY[name], res);
      return handle(this.#call(name, req, res));
    });
  }

  /** The same as `on`, for somebody known. */
  own<Name extends EndpointName>(name: Name, handle: (call: ActorCall<Name>) => Reply<Name>): void {
    this.on(name, (call) => handle(this.#actorCall(call, null)));
  }

  /** A change by somebody known, done once however often it is sent with the same Idempotency-Key. */
  act<Name extends EndpointName, Result>(
    name: Name,
    prepare: (call: ActorCall<Name>) => Act<Name, Result>,
  ): void {
    this.#mount(name, async (req, res) => {
      const call = this.#call(name, req, res);
      const request = keyedRequest(req, call.viewerId);
      const actor = this.#actorCall(call, request);
      const { run, answer } = prepare(actor);
      const found = request && (await this.#find(res, request));
      const result = found ? (found.result as Result) : await this.#runOnce(run, res, request);
      if (!found && !actor.isRemembered()) throw new Error(`${name} did not remember what came of it`);
      send(res, ENDPOINTS[name], await answer(result));
    });
  }

  /** A route that does not speak JSON. Its handler answers by itself. */
  raw(name: RawRouteName, ...handlers: RequestHandler[]): void {
    const { method, path } = RAW_ROUTES[name];
    const policy = ROUTE_POLICY[name];
    const keep: RequestHandler = (_req, res, next) => {
      mayBeKept(policy, res);
      next();
    };
    this.#router[method](path, allow(policy), this.#limits[policy.rate], keep, ...handlers);
  }

  async #runOnce<Result>(
    run: () => Promise<Result>,
    res: Response,
    request: KeyedRequest | null,
  ): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof RequestRepeatedError) || !request) throw error;
      const found = await this.#find(res, request);
      if (!found) throw error;
      return found.result as Result;
    }
  }

  async #find(res: Response, request: KeyedRequest): Promise<{ result: unknown } | undefined> {
    const found = await findResult(this.#ctx, request);
    if (found) res.set('Idempotency-Replayed', 'true');
    return found;
  }

  #mount(name: EndpointName, handler: RequestHandler): void {
    const { method, path } = ENDPOINTS[name];
    const policy = ROUTE_POLICY[name];
    this.#router[method](path, allow(policy), this.#limits[policy.rate], handler);
  }

  #call<Name extends EndpointName>(name: Name, req: Request, res: Response): Call<Name> {
    const { params, query, body }: Endpoint = ENDPOINTS[name];
    const caller = callerOf(res);
    const { principal, ip, userAgent, requestId } = caller;
    return {
      params: parseInput(params, req.params, 'address') as Call<Name>['params'],
      query: parseInput(query, req.query, 'query') as Call<Name>['query'],
      body: readBody(body, req) as Call<Name>['body'],
      viewerId: principal?.userId ?? null,
      principal,
      caller,
      visitor: { ip, userAgent },
      trace: { actorId: principal?.userId ?? null, ip, requestId },
      res,
    };
  }

  #actorCall<Name extends EndpointName>(
    call: Call<Name>,
    request: KeyedRequest | null,
  ): ActorCall<Name> & { isRemembered(): boolean } {
    const { principal, trace } = call;
    if (!principal) throw new NotSignedInError();
    let isRemembered = false;
    const by: Actor = {
      userId: principal.userId,
      role: principal.role,
      trace,
      remember: (result) => {
        isRemembered = true;
        return request ? [rememberResult(this.#ctx, request, result)] : [];
      },
    };
    return { ...call, principal, by, isRemembered: () => isRemembered };
  }
}

/** What is sent as it is for everyone holds nothing of whoever asks, logged in or not. */
function mayBeKept({ access }: RoutePolicy, res: Response): void {
  if (access === 'public') res.set('Cache-Control', 'no-cache');
}

function allow(policy: (typeof ROUTE_POLICY)[EndpointName]): RequestHandler {
  return (_req, res, next) => {
    assertAllowed(policy, callerOf(res).principal);
    // The answer may be a recovery code.
    if (policy.rate === 'login') res.set('Cache-Control', 'no-store');
    next();
  };
}

function readBody(schema: z.ZodType | null, req: Request): unknown {
  if (req.body === undefined && Number(req.headers['content-length'] ?? 0) > 0)
    throw new AppError('unsupported-media-type', 'Send the body as application/json.');
  if (schema) return parseInput(schema, req.body ?? {}, 'body');
  const isEmpty = req.body === undefined || (isObject(req.body) && Object.keys(req.body).length === 0);
  if (!isEmpty) throw new InvalidInputError('This takes no body.');
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields the contract does not name never leave: what is sent is what the schema makes of the answer. */
function send(res: Response, { answer, status }: Endpoint, value: unknown): void {
  if (res.headersSent) return;
  if (!answer) res.status(status).end();
  else res.status(status).json(answer.parse(value));
}

function keyedRequest(req: Request, userId: string | null): KeyedRequest | null {
  const key = req.get('Idempotency-Key');
  if (key === undefined || userId === null) return null;
  if (!KEY.test(key))
    throw new InvalidInputError('An Idempotency-Key has 1 to 200 printable letters without blanks.');
  const said = JSON.stringify([req.method, req.originalUrl, req.body ?? null], withoutPasswords);
  return { userId, key, hash: createHash('sha256').update(said).digest('hex') };
}

/** The hash is quick to compute: a password in it could be guessed by whoever reads the database. */
const GUESSABLE: ReadonlySet<string> = new Set(['password', 'currentPassword', 'code', 'recoveryCode']);

function withoutPasswords(field: string, value: unknown): unknown {
  return GUESSABLE.has(field) ? undefined : value;
}
