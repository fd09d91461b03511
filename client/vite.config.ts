import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

/** The page; in development `/api` and `/socket.io` go to the server on ARENA_PORT (3000). */
export default defineConfig(({ mode }) => {
  const port = loadEnv(mode, '.', 'ARENA_').ARENA_PORT ?? '3000';
  const target = `http://127.0.0.1:${port}`;
  return {
    root: import.meta.dirname,
    plugins: [react(), tailwindcss()],
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      target: 'es2023',
      // Data URIs would need a wider CSP.
      assetsInlineLimit: 0,
      reportCompressedSize: true,
    },
    server: {
      host: '127.0.0.1',
      proxy: { '/api': { target }, '/socket.io': { target, ws: true } },
    },
  };
});
