import { CUSTOM, LISTED } from './preset-list.ts';
import type { Structure } from './chat.ts';
import type { ModelPrice } from './provider.ts';

/** A model that is suggested; every other of the same endpoint may be used as well. */
export interface PresetModel {
  /** As the endpoint names it. */
  readonly id: string;
  readonly name: string;
  /** Where it can do more or less than its endpoint's others. */
  readonly structure?: Structure;
  readonly hasTools?: boolean;
  /** What it reads and writes together, tokens; null = depends on how it is run. */
  readonly contextTokens: number | null;
  /** null = not the same for everybody who uses it. */
  readonly price: ModelPrice | null;
  /** The day on which the price was known to hold, YYYY-MM-DD. */
  readonly asOf: string;
}

/** An endpoint that is known. */
export interface Preset {
  readonly id: string;
  readonly name: string;
  /** As `llm_providers.provider_type`. */
  readonly providerType: 'openai' | 'gemini';
  /** null = to be filled in. */
  readonly baseUrl: string | null;
  /** `host`, or `host:port` where the port tells which program it is. */
  readonly hosts: readonly string[];
  readonly needsKey: boolean;
  /** Where keys are made; null = none are needed. */
  readonly keyUrl: string | null;
  readonly structure: Structure;
  readonly hasTools: boolean;
  /** On the machine of the arena or its network, which the administrator has to allow. */
  readonly isLocal: boolean;
  readonly models: readonly PresetModel[];
}

/** In the order in which they are shown; what is not known of an endpoint stands in the last. */
export const PRESETS: readonly Preset[] = [...LISTED, CUSTOM];

/** The preset of a provider's row, by its host; `custom` with the row's type where the host is not known. */
export function presetOf({
  providerType,
  apiEndpoint,
}: {
  readonly providerType: string;
  readonly apiEndpoint: string | null;
}): Preset {
  const sameType = LISTED.filter((preset) => preset.providerType === providerType);
  const url = apiEndpoint === null ? null : URL.parse(apiEndpoint);
  // Without an address a vendor's own is meant, which is the first of its type.
  const found =
    apiEndpoint === null ? sameType[0] : sameType.find(({ hosts }) => url !== null && hasHost(hosts, url));
  return found ?? (providerType === 'gemini' ? { ...CUSTOM, providerType } : CUSTOM);
}

function hasHost(hosts: readonly string[], { host, hostname }: URL): boolean {
  return hosts.includes(host) || hosts.includes(hostname);
}

/** What vendors add to the name of a model for one version of it: a date or a number. */
const VERSION = /^[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{3}|preview-\d{2}-\d{2}(?:-\d{4}|\d{2})?)$/;

/**
 * The model of a preset that a name means: the same, or the longest whose name it goes on with a version, such as
 * `gpt-5-mini-2025-08-07`. undefined when there is none: `gpt-5-pro` is no version of `gpt-5`.
 */
export function findModel({ models }: Preset, name: string): PresetModel | undefined {
  const own = models.find(({ id }) => id === name);
  if (own) return own;
  return models
    .filter(({ id }) => name.startsWith(id) && VERSION.test(name.slice(id.length)))
    .toSorted((a, b) => b.id.length - a.id.length)[0];
}

/** null = not known. */
export function findPrice(preset: Preset, model: string): ModelPrice | null {
  return findModel(preset, model)?.price ?? null;
}
