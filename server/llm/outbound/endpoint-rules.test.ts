import { describe, expect, it } from 'vitest';
import { checkEndpoint, originOf } from './endpoint-rules.ts';

const reasonOf = (text: string, allowPrivate = false) => {
  const check = checkEndpoint(text, { allowPrivate });
  return check.ok ? null : check.reason;
};
const normalise = (text: string, allowPrivate = false) => {
  const check = checkEndpoint(text, { allowPrivate });
  return check.ok ? check.url.href : check.reason;
};

const LOOPBACK = /^127\.0\.0\.1 is on a private network/;
const PRIVATE = /is on a private network/;
const RESERVED = /is reserved and cannot be an endpoint/;
const BEGINNING = /must begin with https:\/\//;
const DISGUISE = /^The host means \S+: write it that way\.$/;
const SIGNS = /spaces, invisible characters or backslashes/;
const CREDENTIALS = /user name or password/;
const NAME = /is not the full name of a host/;
const INVALID = /not a valid web address/;

/** Refused whatever the administrator allows, and why, unless something private is allowed. */
const HOSTILE: readonly (readonly [text: string, reason: RegExp])[] = [
  // Loopback, in every form that parsers read.
  ['https://127.0.0.1', LOOPBACK],
  ['https://127.0.0.1:8443/v1', LOOPBACK],
  ['https://127.1', LOOPBACK],
  ['https://127.0.1', LOOPBACK],
  ['https://2130706433', LOOPBACK],
  ['https://0x7f000001', LOOPBACK],
  ['https://0X7F000001', LOOPBACK],
  ['https://0x7f.1', LOOPBACK],
  ['https://0x7f.0x0.0x0.0x1', LOOPBACK],
  ['https://0177.0.0.1', LOOPBACK],
  ['https://017700000001', LOOPBACK],
  ['https://0177.0x0.0.1', LOOPBACK],
  ['https://00000177.1', LOOPBACK],
  ['https://127.0.0.1.', LOOPBACK],
  ['https://%31%32%37.0.0.1', LOOPBACK],
  ['https://１２７.０.０.１', LOOPBACK],
  ['https://127。0。0。1', LOOPBACK],
  ['https://①②⑦.⓪.⓪.①', /127\.0\.0\.1|not a valid/],
  ['https://127.255.255.254', PRIVATE],
  ['https://[::1]', PRIVATE],
  ['https://[0:0:0:0:0:0:0:1]', PRIVATE],
  ['https://[0000:0000::0001]', PRIVATE],
  ['https://[::0.0.0.1]', PRIVATE],
  ['https://localhost', PRIVATE],
  ['https://LOCALHOST', PRIVATE],
  ['https://localhost.', NAME],
  ['https://app.localhost', PRIVATE],
  ['https://localhost.localdomain', PRIVATE],
  ['https://ｌocalhost', PRIVATE],
  ['https://loc%61lhost', PRIVATE],
  // Nobody's address, and everybody's.
  ['https://0', RESERVED],
  ['https://0.0.0.0', RESERVED],
  ['https://[::]', RESERVED],
  ['https://255.255.255.255', RESERVED],
  ['https://4294967295', RESERVED],
  ['https://224.0.0.1', RESERVED],
  ['https://[ff02::1]', RESERVED],
  ['https://240.0.0.1', RESERVED],
  // Private networks.
  ['https://10.0.0.1', PRIVATE],
  ['https://012.0.0.1', PRIVATE],
  ['https://172.16.0.1', PRIVATE],
  ['https://192.168.1.1', PRIVATE],
  ['https://0xc0a80101', PRIVATE],
  ['https://100.64.0.1', PRIVATE],
  ['https://[fd00::1]', PRIVATE],
  ['https://[fc00::1]', PRIVATE],
  ['https://printer', PRIVATE],
  ['https://nas.local', PRIVATE],
  ['https://db.internal', PRIVATE],
  ['https://kubernetes.default.svc', PRIVATE],
  ['https://router.home.arpa', PRIVATE],
  // Metadata and link-local.
  ['https://169.254.169.254/latest/meta-data', RESERVED],
  ['https://2852039166', RESERVED],
  ['https://0xa9fea9fe', RESERVED],
  ['https://0251.0376.0251.0376', RESERVED],
  ['https://169.16689662', RESERVED],
  ['https://100.100.100.200', RESERVED],
  ['https://168.63.129.16', RESERVED],
  ['https://[fd00:ec2::254]', RESERVED],
  ['https://[fe80::1]', RESERVED],
  ['https://[fe80::1%25eth0]', INVALID],
  ['https://metadata.google.internal', RESERVED],
  ['https://METADATA.google.internal', RESERVED],
  ['https://metadata.google.internal.', NAME],
  ['https://metadata', RESERVED],
  ['https://instance-data', RESERVED],
  // IPv4 inside of IPv6.
  ['https://[::ffff:127.0.0.1]', RESERVED],
  ['https://[::ffff:7f00:1]', RESERVED],
  ['https://[::ffff:169.254.169.254]', RESERVED],
  ['https://[0:0:0:0:0:ffff:10.0.0.1]', RESERVED],
  ['https://[::ffff:0:127.0.0.1]', RESERVED],
  ['https://[::127.0.0.1]', RESERVED],
  ['https://[64:ff9b::127.0.0.1]', RESERVED],
  ['https://[64:ff9b:1::a9fe:a9fe]', RESERVED],
  ['https://[2002:7f00:1::]', RESERVED],
  ['https://[2001:0:7f00:1::1]', RESERVED],
  // Documentation and benchmarks.
  ['https://192.0.2.1', RESERVED],
  ['https://198.51.100.1', RESERVED],
  ['https://203.0.113.1', RESERVED],
  ['https://198.18.0.1', RESERVED],
  ['https://[2001:db8::1]', RESERVED],
  // Other schemes.
  ['http://api.openai.com', BEGINNING],
  ['ftp://api.openai.com', BEGINNING],
  ['file:///etc/passwd', BEGINNING],
  ['gopher://api.openai.com:443/_x', BEGINNING],
  ['unix:///var/run/docker.sock', BEGINNING],
  ['unix:/var/run/docker.sock', BEGINNING],
  ['http+unix://%2Fvar%2Frun%2Fdocker.sock/info', BEGINNING],
  ['http://unix:/var/run/docker.sock:/info', PRIVATE],
  ['data:text/plain,x', BEGINNING],
  ['javascript:alert(1)', BEGINNING],
  ['ws://api.openai.com', BEGINNING],
  ['blob:https://api.openai.com/x', BEGINNING],
  ['https:api.openai.com', BEGINNING],
  ['https:/api.openai.com', BEGINNING],
  ['https:///api.openai.com', BEGINNING],
  ['//api.openai.com', BEGINNING],
  ['api.openai.com', BEGINNING],
  ['', BEGINNING],
  // User names, so that the host looks like another.
  ['https://api.openai.com@127.0.0.1', CREDENTIALS],
  ['https://user:password@api.openai.com', CREDENTIALS],
  ['https://@api.openai.com', CREDENTIALS],
  ['https://:@api.openai.com', CREDENTIALS],
  ['https://api.openai.com%40127.0.0.1', INVALID],
  ['https://127.0.0.1%2f@api.openai.com', CREDENTIALS],
  // Query and fragment, even empty ones.
  ['https://api.openai.com/v1?x=1', /end with its path/],
  ['https://api.openai.com/v1?', /end with its path/],
  ['https://api.openai.com/v1#x', /end with its path/],
  ['https://api.openai.com#', /end with its path/],
  ['https://api.openai.com?@127.0.0.1', /end with its path/],
  ['https://api.openai.com#@127.0.0.1', /end with its path/],
  // What parsers drop or read as something else.
  ['https://127.0.0.1\\@api.openai.com', SIGNS],
  ['https:\\\\127.0.0.1', SIGNS],
  [' https://api.openai.com', SIGNS],
  ['https://api.openai.com\n', SIGNS],
  ['https://api.open\tai.com', SIGNS],
  ['https://api.openai.com\r\nHost: localhost', SIGNS],
  ['https://api.openai.com\0.localhost', SIGNS],
  ['https://api.open\u00adai.com', SIGNS],
  ['https://api.open\u200bai.com', SIGNS],
  ['https://api.openai.com\u202e', SIGNS],
  // Names that look like others.
  ['https://аpi.openai.com', DISGUISE],
  ['https://api.openai.cоm', DISGUISE],
  ['https://bücher.example', /means xn--bcher-kva\.example/],
  ['https://ａｐｉ.openai.com', /means api\.openai\.com/],
  ['https://api．openai．com', DISGUISE],
  ['https://api.openai%2ecom', DISGUISE],
  ['https://faß.de', DISGUISE],
  ['https://api.openai.com.', NAME],
  ['https://api..openai.com', NAME],
  ['https://-api.openai.com', NAME],
  ['https://*.openai.com', NAME],
  [`https://${'a'.repeat(64)}.com`, NAME],
  [`https://${'a.'.repeat(130)}com`, NAME],
  ['https://[2606:4700:4700:0:0:0:0:1111]', /means \[2606:4700:4700::1111\]/],
  ['https://1.1', /means 1\.0\.0\.1/],
  ['https://256.256.256.256', INVALID],
  ['https://1.2.3.4.5', INVALID],
  ['https://[::1', INVALID],
  // Ports.
  ['https://api.openai.com:22', /Port 22 is not possible/],
  ['https://api.openai.com:25', /Port 25 is not possible/],
  ['https://api.openai.com:0', /Port 0 is not possible/],
  ['https://api.openai.com:65536', INVALID],
  ['https://api.openai.com:443:80', INVALID],
  ['https://api.openai.com:/v1', DISGUISE],
  // Length.
  [`https://api.openai.com/${'x'.repeat(500)}`, /at most 500 characters/],
];

/** Not for strangers, but fine on the administrator's own networks. */
const OPENED = new Set([
  'https://127.0.0.1',
  'https://127.0.0.1:8443/v1',
  'https://127.255.255.254',
  'https://[::1]',
  'https://localhost',
  'https://LOCALHOST',
  'https://app.localhost',
  'https://localhost.localdomain',
  'https://10.0.0.1',
  'https://172.16.0.1',
  'https://192.168.1.1',
  'https://100.64.0.1',
  'https://[fd00::1]',
  'https://[fc00::1]',
  'https://printer',
  'https://nas.local',
  'https://db.internal',
  'https://kubernetes.default.svc',
  'https://router.home.arpa',
]);

describe('a base URL that is refused', () => {
  it.each(HOSTILE)('%j', (text, reason) => {
    expect(reasonOf(text)).toMatch(reason);
    expect(reasonOf(text) ?? '').toMatch(/^[A-Z0-9a-z["].*\.$/);
  });

  it('stays refused where private endpoints are allowed, unless it is just that', () => {
    const opened = HOSTILE.map(([text]) => text).filter((text) => reasonOf(text, true) === null);
    expect(opened).toEqual([...OPENED]);
  });

  it.each(['http://127.0.0.1:11434', 'http://localhost:11434', 'http://ollama:11434'])(
    '%s, while private endpoints are not allowed',
    (text) => expect(reasonOf(text)).toMatch(PRIVATE),
  );

  it.each<[string, RegExp]>([
    ['http://api.openai.com:8080', /would send the key readable/],
    ['http://1.1.1.1:8080', /would send the key readable/],
    ['http://169.254.169.254', RESERVED],
    ['http://127.1:11434', /means 127\.0\.0\.1/],
    ['http://[::ffff:127.0.0.1]:11434', RESERVED],
    ['http://127.0.0.1:22', /use 80, 443 or one from 1024 up/],
    ['http://127.0.0.1:1023', /use 80, 443 or one from 1024 up/],
  ])('%s, even while they are', (text, reason) => {
    expect(reasonOf(text, true)).toMatch(reason);
  });
});

describe('a base URL that is accepted', () => {
  it.each([
    ['https://api.openai.com', 'https://api.openai.com/'],
    ['https://api.openai.com/v1', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1//', 'https://api.openai.com/v1'],
    ['HTTPS://API.OpenAI.com:443/v1/', 'https://api.openai.com/v1'],
    ['https://llm.example.com:8443/a/../b', 'https://llm.example.com:8443/b'],
    ['https://xn--bcher-kva.example/v1', 'https://xn--bcher-kva.example/v1'],
    ['https://1.1.1.1', 'https://1.1.1.1/'],
    ['https://[2606:4700:4700::1111]', 'https://[2606:4700:4700::1111]/'],
    ['https://localhost.example.com', 'https://localhost.example.com/'],
    ['https://metadata-store.example.com', 'https://metadata-store.example.com/'],
  ])('%s', (text, href) => {
    expect(normalise(text)).toBe(href);
    expect(normalise(href)).toBe(href);
  });

  it.each([
    ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
    ['http://[::1]:11434', 'http://[::1]:11434/'],
    ['http://localhost:1024', 'http://localhost:1024/'],
    ['http://192.168.1.20:80', 'http://192.168.1.20/'],
    ['http://ollama_1:11434', 'http://ollama_1:11434/'],
    ['https://llm.example.com:9000', 'https://llm.example.com:9000/'],
  ])('%s, where private endpoints are allowed', (text, href) => {
    expect(normalise(text, true)).toBe(href);
  });
});

it('names the one place that a key belongs to', () => {
  expect(originOf('https://API.example.com:443/v1/x?y')).toBe('https://api.example.com');
  const others = [
    'http://api.example.com',
    'https://api.example.com:8443',
    'https://api.example.com.evil.example',
  ];
  for (const other of others) expect(originOf(other)).not.toBe('https://api.example.com');
});

describe('an arena that names the hosts of its models', () => {
  const hosts = ['api.openai.com', 'models.example.org'];
  const check = (text: string) => checkEndpoint(text, { allowPrivate: true, hosts });

  it('takes these, and says which they are of any other', () => {
    expect(check('https://api.openai.com/v1').ok).toBe(true);
    expect(check('https://models.example.org:8443').ok).toBe(true);
    for (const text of [
      'https://api.openai.com.example.org/v1',
      'https://openai.com',
      'https://10.0.0.7',
      'https://eu.models.example.org',
    ])
      expect(check(text)).toEqual({
        ok: false,
        reason: expect.stringMatching(/is not among the hosts .*: api\.openai\.com, models\.example\.org\.$/),
      });
  });

  it('forbids what is reserved all the same, and any host is taken where none is named', () => {
    const forbidden = checkEndpoint('https://169.254.169.254', {
      allowPrivate: true,
      hosts: ['169.254.169.254'],
    });
    expect(forbidden).toEqual({ ok: false, reason: expect.stringMatching(RESERVED) });
    expect(checkEndpoint('https://models.example.net', { allowPrivate: false, hosts: [] }).ok).toBe(true);
  });
});
