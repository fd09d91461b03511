/** For `node --import`: the real server, but with deciders that never answer. */
import { registerHooks } from 'node:module';

const replacement = new URL('hanging-registry.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    return resolved.url.endsWith('/server/llm/registry.ts') ? { ...resolved, url: replacement } : resolved;
  },
});
