// The product's own words, so that a better wording breaks no journey. Words that must not change are spelt out in the
// journeys themselves.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Language = 'en' | 'cs';

/** The locale of a browser whose user reads that language. */
export const LOCALE = { en: 'en-GB', cs: 'cs-CZ' } as const;

interface Words {
  account: typeof import('../../app/locales/en/account.json');
  audit: typeof import('../../app/locales/en/audit.json');
  auth: typeof import('../../app/locales/en/auth.json');
  channels: typeof import('../../app/locales/en/channels.json');
  common: typeof import('../../app/locales/en/common.json');
  directory: typeof import('../../app/locales/en/directory.json');
  inbox: typeof import('../../app/locales/en/inbox.json');
  security: typeof import('../../app/locales/en/security.json');
  system: typeof import('../../app/locales/en/system.json');
  templates: typeof import('../../app/locales/en/templates.json');
}

export function words(language: Language): Words {
  const read = (namespace: string): unknown =>
    JSON.parse(readFileSync(join(import.meta.dirname, `../../app/locales/${language}/${namespace}.json`), 'utf8'));
  const namespaces = ['account', 'audit', 'auth', 'channels', 'common', 'directory', 'inbox', 'security', 'system', 'templates'];
  return Object.fromEntries(namespaces.map((namespace) => [namespace, read(namespace)])) as unknown as Words;
}

/** Puts values into the placeholders of a text: `{{ who }}`. */
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => String(values[name]));
}

/** A pattern for a text with this beginning. */
export function beginning(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
