// What every journey starts with: a world, pages that are watched, and people who are logged in.

import { type BrowserContext, type BrowserContextOptions, type Page, test as base, expect } from '@playwright/test';
import type { Customer } from './simulator.js';
import { Troubles } from './troubles.js';
import { LOCALE } from './words.js';
import { ADDRESS, PASSWORD, type PickUp, World } from './world.js';

export { expect };

interface Fixtures {
  /** How the queue's sessions are picked up; `false` leaves the world as it is after a first start. */
  furnished: PickUp | false;
  /** Settings of the server, as environment. */
  settings: Record<string, string>;
  /** What browsers call the console: a name that leads to this machine, such as `localhost`, or its address. */
  host: string;
  world: World;
  troubles: Troubles;
  /** A page in a browser of its own, with nobody logged in. */
  stranger: (options?: BrowserContextOptions) => Promise<Page>;
  /** A page of somebody who is logged in, in a browser of its own. */
  person: (login: string, options?: BrowserContextOptions) => Promise<Page>;
  /** The customer's phone. */
  phone: (customer: Customer) => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  furnished: ['manual', { option: true }],
  settings: [{}, { option: true }],
  host: [ADDRESS, { option: true }],

  world: async ({ furnished, settings, host }, use, info) => {
    const world = await World.start(settings, host);
    try {
      if (furnished) await world.furnish(furnished);
      await use(world);
    } finally {
      await world.stop();
      if (info.status !== info.expectedStatus) {
        await info.attach('switchboard.log', { body: world.log, contentType: 'text/plain' });
        await info.attach('simulator.log', { body: world.simulator.log, contentType: 'text/plain' });
      }
    }
  },

  troubles: async ({}, use) => {
    const troubles = new Troubles();
    await use(troubles);
    troubles.check();
  },

  stranger: async ({ browser, world, troubles }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext({ baseURL: world.url, ...options });
      contexts.push(context);
      troubles.watch(context);
      return context.newPage();
    });
    // Before the world ends, so that no page complains about its end.
    await Promise.all(contexts.map((context) => context.close()));
  },

  person: async ({ stranger }, use) =>
    use(async (login, options) => {
      const page = await stranger(options);
      const answer = await page.request.post('/rpc/auth/log-in', { form: { login, password: PASSWORD } });
      expect(answer.ok(), `${login} can log in`).toBe(true);
      return page;
    }),

  phone: async ({ stranger, world }, use) =>
    use(async (customer) => {
      const page = await stranger({ baseURL: world.simulator.url, locale: LOCALE.en });
      await page.goto('/');
      await page.getByLabel('Customer', { exact: true }).selectOption(String(customer.id));
      return page;
    }),
});

/** Does what leads to a page of the console, and waits until the page is live: it then listens to events. */
export async function untilLive(page: Page, act: () => Promise<unknown>): Promise<void> {
  const live = page.waitForRequest((request) => new URL(request.url()).pathname === '/events');
  await act();
  await live;
}

export const visit = (page: Page, path: string): Promise<void> => untilLive(page, () => page.goto(path));

/** Marks this document, so that a reload can be detected. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate(() => document.documentElement.setAttribute('data-journey', 'same'));
}

export async function expectSameDocument(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.getAttribute('data-journey'))).toBe('same');
}
