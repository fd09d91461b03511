/**
 * What looks like the origin `own` and is not: other sites, and texts that no browser sends for it. None may connect or
 * change anything, whether `own` is PUBLIC_URL or one of ALLOWED_ORIGINS.
 * @param own by name and on its default port, such as `https://arena.example`.
 */
export function hostileOrigins(own: string): readonly (readonly [why: string, origin: string])[] {
  const { protocol, hostname } = new URL(own);
  const [scheme, otherScheme] = protocol === 'https:' ? ['https', 'http'] : ['http', 'https'];
  return [
    ['another site', 'https://evil.example'],
    ['a subdomain', `${scheme}://www.${hostname}`],
    ['the domain above', `${scheme}://${hostname.split('.').slice(1).join('.')}`],
    ['ours as an ending', `${scheme}://not${hostname}`],
    ['ours as a beginning', `${scheme}://${hostname}.evil.example`],
    ['ours as a beginning without a dot', `${scheme}://${hostname}evil.example`],
    ['another port', `${scheme}://${hostname}:8443`],
    ['the default port, spelled out', `${scheme}://${hostname}:${scheme === 'https' ? 443 : 80}`],
    ['another scheme', `${otherScheme}://${hostname}`],
    ['a socket scheme', `${scheme.replace('http', 'ws')}://${hostname}`],
    ['no scheme', hostname],
    ['no scheme but slashes', `//${hostname}`],
    ['a sandbox', 'null'],
    ['nothing', ''],
    ['a file', 'file://'],
    ['an extension', 'chrome-extension://abcdefghijklmnop'],
    ['a scheme in capitals', `${scheme.toUpperCase()}://${hostname}`],
    ['a host in capitals', `${scheme}://${hostname.toUpperCase()}`],
    ['a dot at the end', `${scheme}://${hostname}.`],
    ['a user name', `${scheme}://evil@${hostname}`],
    ['ours as a user name', `${scheme}://${hostname}@evil.example`],
    ['a slash at the end', `${own}/`],
    ['ours as a path', `https://evil.example/${hostname}`],
    ['ours after a backslash', `https://evil.example\\${hostname}`],
    ['ours as a fragment', `https://evil.example#${own}`],
    ['ours in a list', `${own}, https://evil.example`],
    ['ours twice', `${own} ${own}`],
    ['a letter that looks the same', new URL(`${scheme}://${hostname.replaceAll('a', '\u0430')}`).origin],
    ['a pattern', '*'],
  ];
}
