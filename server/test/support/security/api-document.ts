import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { jsonOf, type WireAnswer } from './wire.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

/** An operation as the document that is served has it. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  /** Such as `/api/v2/bots/{botId}`. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly bodySchema: JsonSchema | null;
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}
interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media | { readonly $ref: string }>>;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
}

/** The served document, and ajv as a judge of what is sent: neither knows anything of the server's own schemas. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  readonly #document: OpenApi;
  readonly #ajv: Ajv2020;
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: OpenApi) {
    this.#document = document;
    this.#ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
    addFormats.default(this.#ajv);
    this.#ajv.addFormat('binary', true);
    this.#ajv.addSchema(document, 'api');
    this.operations = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        operationId: operation.operationId,
        method,
        path,
        parameters: operation.parameters ?? [],
        bodySchema: operation.requestBody?.content?.['application/json']?.schema ?? null,
      })),
    );
  }

  /** What a pointer of the document stands for. */
  resolve(schema: JsonSchema): JsonSchema {
    const { $ref } = schema;
    if (typeof $ref !== 'string') return schema;
    const found = $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((value, part) => (value as JsonSchema)[unescape(part)], this.#document);
    return this.resolve(found as JsonSchema);
  }

  /** Where the answer is not what the document says. */
  problemsOf({ method, path, operationId }: Operation, answer: WireAnswer): string[] {
    const base = `#/paths/${escape(path)}/${method}/responses/${answer.status}`;
    const response = this.#document.paths[path]?.[method]?.responses[answer.status];
    if (!response) return [`${operationId}: ${answer.status} is not documented`];
    const pointer = '$ref' in response ? response.$ref : base;
    const { content } = this.resolve(response as JsonSchema) as Media;
    const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
    if (!content) return this.#emptyProblems(operationId, answer);
    if (!(type in content)) return [`${operationId}: ${answer.status} comes as ${type || 'nothing'}`];
    if (type !== 'application/json') return [];
    return this.#errors(`${pointer}/content/application~1json/schema`, jsonOf(answer)).map(
      (error) => `${operationId}: ${answer.status} ${error}`,
    );
  }

  /** Whether the document allows this body. */
  allowsBody({ method, path }: Operation, body: unknown): boolean {
    const pointer = `#/paths/${escape(path)}/${method}/requestBody/content/application~1json/schema`;
    return this.#errors(pointer, body).length === 0;
  }

  #emptyProblems(operationId: string, { status, text }: WireAnswer): string[] {
    return status === 204 && text !== '' ? [`${operationId}: 204 with content`] : [];
  }

  #errors(pointer: string, value: unknown): string[] {
    const validate = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: `api${encodeURI(pointer)}` });
    this.#validators.set(pointer, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
  }
}

function escape(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescape(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
