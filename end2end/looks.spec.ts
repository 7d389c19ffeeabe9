// How the console looks: no violation of WCAG 2.2 AA that a program can find, in both languages and themes, and no page
// wider than its window. The pictures in test-results are for people; with SWITCHBOARD_PICTURES=1 it takes those of the
// README, too.

import type { Page } from '@playwright/test';
import { join } from 'node:path';
import { axe } from './support/axe.js';
import { aMorning } from './support/conversations.js';
import { countryDatabase } from './support/mmdb.js';
import { turnOn } from './support/second-factor.js';
import { expect, test, visit } from './support/test.js';
import { LOCALE, type Language } from './support/words.js';
import { PASSWORD, type World } from './support/world.js';

// It takes its own pictures, and a trace of so many pages takes longer than looking at them.
test.use({ trace: 'off', settings: { SWITCHBOARD_WEBHOOKS__NETWORKS: '["127.0.0.0/8"]' } });

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 360, height: 740 };
/** Widths at which the frame and the inbox change their layout. */
const BETWEEN = [
  { width: 1024, height: 768 },
  { width: 768, height: 1024 },
];

const ROOMS = ['desk', 'channels', 'replies', 'people', 'system'] as const;

/** Ids of what the pages show. */
interface Shown {
  session: string;
  letter: string;
  webhook: string;
}

function places(room: (typeof ROOMS)[number], world: World, { session, letter, webhook }: Shown): [name: string, path: string][] {
  const channel = `/channels/${world.channel?.id}`;
  switch (room) {
    case 'desk':
      return [
        ['inbox', `/inbox/${session}?tab=all`],
        ['inbox-list', '/inbox?tab=waiting'],
        ['sessions', '/sessions'],
        ['session-log', '/session-log'],
        ['search', '/inbox?tab=all&q=dob'],
        ['nowhere', '/nowhere'],
      ];
    case 'channels':
      return [
        ['channels', '/channels'],
        ['authentication', channel],
        ['messaging', `${channel}/messaging`],
        ['sending', `${channel}/sending`],
        ['health', `${channel}/health`],
        ['activity', `${channel}/activity`],
        ['delete', `${channel}/delete`],
      ];
    case 'replies':
      return [
        ['queues', '/queues'],
        ['queue', '/queues/new'],
        ['canned-replies', '/canned-replies'],
        ['canned-reply', '/canned-replies/new'],
        ['labels', '/labels'],
        ['templates', '/templates'],
        ['costs', '/costs'],
      ];
    case 'people':
      return [
        ['extensions', '/extensions'],
        ['extension', '/extensions/new'],
        ['account', '/account'],
        ['second-factor', '/account/second-factor'],
        ['users', '/users'],
        ['user', '/users/new'],
      ];
    case 'system':
      return [
        ['countries', '/security/countries'],
        ['country-rule', '/security/countries/files'],
        ['deliveries', '/system/deliveries'],
        ['audit', '/security/audit'],
        ['tokens', '/system/tokens'],
        ['deliveries-none', '/system/deliveries?reason=failed'],
        ['letter', `/system/deliveries/${letter}`],
        ['webhooks', '/system/webhooks'],
        ['webhook-form', '/system/webhooks/new'],
        ['webhook', `/system/webhooks/${webhook}`],
        ['webhook-attempts', `/system/webhooks/${webhook}/attempts`],
        ['webhook-undelivered', `/system/webhooks/${webhook}/undelivered`],
      ];
  }
}

/** Relative times and the like appear only when the page is live; nothing may move on a picture. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  // A cancelled animation, as by another theme, is over, too.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
}

/** A webhook at whose address nobody listens. */
async function aWebhook(world: World): Promise<string> {
  const asked = { name: 'CRM', address: 'http://127.0.0.1:9/events' };
  return (await world.api<{ id: string }>('POST', 'webhooks', asked)).id;
}

/** It was called in vain, and what waits for it is given up. */
async function giveUp(world: World, webhook: string): Promise<void> {
  const attempts = async () => (await world.api<{ items: unknown[] }>('GET', `webhooks/${webhook}/attempts`)).items.length;
  await expect.poll(attempts).toBeGreaterThan(0);
  await world.api('POST', `webhooks/${webhook}/disable`);
}

/** A country database, and a rule that shuts WhatsApp's servers out. */
async function someCountries(page: Page): Promise<void> {
  const file = { name: 'countries.mmdb', mimeType: 'application/octet-stream', buffer: countryDatabase() };
  await page.request.post('/security/countries/database', { multipart: { database: file } });
  const form = { version: '1', 'form[door]': 'files', 'form[who]': 'listed', 'form[countries][]': 'CZ' };
  expect((await page.request.post('/rpc/countries/save', { form })).ok()).toBe(true);
}

/** Looks at a page at every width, light and dark, and returns what is wrong with it. */
async function faults(page: Page, name: string): Promise<string[]> {
  const told: string[] = [];
  for (const size of [WIDE, NARROW, ...BETWEEN]) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await settle(page);
      await page.screenshot({ path: test.info().outputPath(`${name}-${colorScheme}-${size.width}.png`) });
      if (BETWEEN.includes(size)) continue;
      // Everything but the colours is the same in the dark.
      const looking = colorScheme === 'light' ? axe(page).withTags(TAGS) : axe(page).withRules(['color-contrast']);
      const where = `${name} at ${size.width}, ${colorScheme}`;
      for (const { id, help, nodes } of (await looking.analyze()).violations) {
        told.push(...nodes.map((node) => `${where}: ${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary}`));
      }
    }
    told.push(...(await tooWide(page, `${name} at ${size.width}`)));
  }
  return told;
}

async function tooWide(page: Page, where: string): Promise<string[]> {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  return excess > 0 ? [`${where}: ${excess} px too wide`] : [];
}

for (const language of ['en', 'cs'] as Language[]) {
  const seen = { locale: LOCALE[language], reducedMotion: 'reduce' } as const;

  test(`the doors in ${language}`, async ({ stranger, person }) => {
    test.setTimeout(120_000);
    const gate = await stranger(seen);
    await gate.goto('/login');
    const told = await faults(gate, 'login');
    await turnOn(await person('petr', seen));
    await gate.request.post('/rpc/auth/log-in', { form: { login: 'petr', password: PASSWORD } });
    await gate.goto('/login/code');
    told.push(...(await faults(gate, 'login-code')));
    const admin = await person('admin', seen);
    await visit(admin, '/security/countries');
    told.push(...(await faults(admin, 'countries-none')));
    expect(told).toEqual([]);
  });

  for (const room of ROOMS) {
    test(`${room}: every page in ${language}`, async ({ world, person, troubles }) => {
      test.setTimeout(240_000);
      troubles.allow(/404.*\/nowhere/);
      const webhook = await aWebhook(world);
      const session = await aMorning(world);
      await giveUp(world, webhook);
      const letters = await world.api<{ items: { id: string }[] }>('GET', 'deliveries/dead');
      const admin = await person('admin', seen);
      await someCountries(admin);
      await admin.request.post('/rpc/account/begin-second-factor');
      const jana = await person('jana', seen);
      const told: string[] = [];
      for (const [name, path] of places(room, world, { session, letter: letters.items[0]?.id ?? '', webhook })) {
        const page = name.startsWith('inbox') ? jana : admin;
        await page.setViewportSize(WIDE);
        const live = page.waitForRequest((request) => new URL(request.url()).pathname === '/events');
        await page.goto(path);
        if (name !== 'nowhere') await live;
        told.push(...(await faults(page, name)));
      }
      expect(told).toEqual([]);
    });
  }
}

test('the reference of the REST API', async ({ stranger }) => {
  // So long a page.
  test.setTimeout(180_000);
  const page = await stranger({ reducedMotion: 'reduce' });
  await page.goto('/api/docs');
  expect(await faults(page, 'api-docs')).toEqual([]);
});

test.describe('for the README', () => {
  test.skip(process.env.SWITCHBOARD_PICTURES !== '1', 'pictures are taken by `cargo xtask pictures`');

  test('pictures', async ({ world, person }) => {
    const seen = { colorScheme: 'light', reducedMotion: 'reduce', viewport: WIDE } as const;
    const session = await aMorning(world);
    const take = async (login: string, path: string, name: string) => {
      const page = await person(login, seen);
      const live = page.waitForRequest((request) => new URL(request.url()).pathname === '/events');
      await page.goto(path);
      await live;
      await settle(page);
      await page.screenshot({ path: join(import.meta.dirname, `../docs/pictures/${name}.png`) });
    };
    await take('jana', `/inbox/${session}?tab=all`, 'inbox');
    await take('admin', '/channels', 'channels');
  });
});
