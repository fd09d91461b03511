import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sessionCookieName } from '../../auth/session-cookie.ts';
import type { AppContext } from '../../context.ts';
import { NotFoundError } from '../../errors.ts';
import type { Api } from '../endpoint.ts';
import { openApiDocument } from '../openapi.ts';

const SWAGGER_DIR = path.dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
const PACKAGED = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript' } as const;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>arena API</title>
    <link rel="stylesheet" href="/api/v2/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="/api/v2/docs/swagger-ui-bundle.js"></script>
    <script src="/api/v2/docs/start.js"></script>
  </body>
</html>
`;
const START = `window.SwaggerUIBundle({ url: '/api/v2/openapi.json', dom_id: '#docs', deepLinking: true });\n`;

/** The OpenAPI document, and a page to browse it that needs nothing from elsewhere. */
export function docsRoutes(api: Api, ctx: AppContext): void {
  let document: ReturnType<typeof openApiDocument> | undefined;
  api.raw('getOpenApi', (_req, res) => {
    document ??= openApiDocument({
      version: ctx.version,
      serverUrl: ctx.config.http.publicUrl ?? '/',
      cookieName: sessionCookieName(ctx),
    });
    res.json(document);
  });
  api.raw('browseDocs', (_req, res) => void res.type('html').send(PAGE));
  api.raw('docsFile', async (req, res) => {
    const [type, text] = await readDocsFile(req.params.file);
    res.type(type).send(text);
  });
}

async function readDocsFile(file: unknown): Promise<[type: string, text: string | Buffer]> {
  if (file === 'start.js') return ['text/javascript', START];
  if (!isPackaged(file)) throw new NotFoundError('file', String(file));
  return [PACKAGED[file], await readFile(path.join(SWAGGER_DIR, file))];
}

function isPackaged(file: unknown): file is keyof typeof PACKAGED {
  return typeof file === 'string' && Object.hasOwn(PACKAGED, file);
}
