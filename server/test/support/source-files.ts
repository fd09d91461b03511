import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAst } from 'vite';

/** One import, export-from or `import()` of a file of this repository or of a package. */
export interface ImportOf {
  /** A path from the repository's root with `/`, or a package's or built-in's name. */
  readonly target: string;
  readonly isOwn: boolean;
  /** Gone at run time: `import type`, `export type`, `typeof import()`, or every name marked `type`. */
  readonly isTypeOnly: boolean;
}

export interface SourceFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly ImportOf[];
  /** Global names the file uses, members with their object: `Date`, `Math.random`, `process.env`. */
  readonly globals: ReadonlySet<string>;
}

const ROOT = path.join(import.meta.dirname, '..', '..', '..');
const WATCHED_GLOBALS = new Set([
  'console',
  'crypto',
  'Date',
  'fetch',
  'Math',
  'performance',
  'process',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);

export function readSourceFiles(folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
      .filter((file) => /\.m?tsx?$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
      .map((file) => parseSource(file, readFileSync(path.join(ROOT, file), 'utf8'))),
  );
}

export function parseSource(file: string, text: string): SourceFile {
  const imports: ImportOf[] = [];
  const globals = new Set<string>();
  const program: unknown = parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' });
  if (!isNode(program)) throw new TypeError(`${file} has no syntax tree`);
  walk(program, (node) => {
    const found = importOf(node, file);
    if (found) imports.push(found);
    const name = globalOf(node);
    if (name !== undefined) globals.add(name);
  });
  return { path: file, lines: text.replace(/\n$/, '').split('\n').length, imports, globals };
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const [key, value] of Object.entries(node)) {
    // The name of a property is no use of a global.
    const isName =
      !node['computed'] && (key === 'key' || (key === 'property' && node.type === 'MemberExpression'));
    if (isName) continue;
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}

function importOf(node: Node, file: string): ImportOf | undefined {
  if (!/^(ImportDeclaration|Export(Named|All)Declaration|ImportExpression|TSImportType)$/.test(node.type))
    return undefined;
  const source = isNode(node['source']) ? node['source']['value'] : undefined;
  if (typeof source !== 'string') return undefined;
  const isOwn = source.startsWith('.');
  const target = isOwn ? path.posix.join(path.posix.dirname(file), source) : source;
  return { target, isOwn, isTypeOnly: isTypeOnly(node) };
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = Array.isArray(node['specifiers']) ? node['specifiers'].filter(isNode) : [];
  return (
    specifiers.length > 0 &&
    specifiers.every((specifier) => specifier['importKind'] === 'type' || specifier['exportKind'] === 'type')
  );
}

function globalOf(node: Node): string | undefined {
  if (node.type === 'MemberExpression' && isNode(node['object']) && isNode(node['property'])) {
    const [object, property] = [node['object']['name'], node['property']['name']];
    if (typeof object === 'string' && typeof property === 'string' && WATCHED_GLOBALS.has(object))
      return `${object}.${property}`;
  }
  if (node.type === 'NewExpression' && isNode(node['callee']) && node['callee']['name'] === 'Date')
    return 'new Date';
  return undefined;
}
