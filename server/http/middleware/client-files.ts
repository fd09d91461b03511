import express, { Router } from 'express';
import path from 'node:path';

const FOREVER = 'public, max-age=31536000, immutable';

/** The built page. Files in `assets/` carry their hash in the name; every other path is the page itself. */
export function clientFiles(clientDir: string): Router {
  const router = Router();
  const assets = path.join(clientDir, 'assets') + path.sep;
  router.use(
    express.static(clientDir, {
      index: false,
      redirect: false,
      setHeaders: (res, file) =>
        res.setHeader('Cache-Control', file.startsWith(assets) ? FOREVER : 'no-cache'),
    }),
  );
  router.get('/{*page}', (req, res, next) => {
    if (path.extname(req.path) !== '') return next();
    res.set('Cache-Control', 'no-cache').sendFile('index.html', { root: clientDir, cacheControl: false });
  });
  return router;
}
