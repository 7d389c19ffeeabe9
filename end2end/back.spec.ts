// Back and forward: browsers keep a page as it was left, and bring it back without asking the server.

import type { Page } from '@playwright/test';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, expectSameDocument, mark, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');
const row = (page: Page, name: string) =>
  page.getByRole('region', { name: inbox.list.label }).getByRole('link', { name });

// Playwright switches this cache off.
test.use({
  launchOptions: async ({ launchOptions }, use) =>
    use({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
});

/** Chromium keeps no page sent with `no-store`; Safari does. So this proxy passes on everything but that word. */
async function withoutNoStore(to: string): Promise<{ url: string; stop: () => void }> {
  const server = createServer((asked, answer) => {
    const passed = request(new URL(asked.url ?? '/', to), { method: asked.method, headers: asked.headers }, (given) => {
      const headers = { ...given.headers };
      if (headers['cache-control'] === 'no-store') headers['cache-control'] = 'no-cache';
      answer.writeHead(given.statusCode ?? 502, headers);
      given.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/`, stop };
}

test('a page out of the back/forward cache catches up and is live', async ({ world, person }) => {
  const front = await withoutNoStore(world.url);
  try {
    const page = await person('jana', { baseURL: front.url });
    await visit(page, '/inbox?tab=waiting');
    await mark(page);
    await page.goto('about:blank');
    await world.simulator.says(await world.simulator.addCustomer('Karel Dvořák', '420800555201'), 'Dobrý den');
    // Playwright's own `goBack` waits for a page to load. The timer lets the answer out before the page goes.
    await page.evaluate(() => void setTimeout(() => history.back()));
    await expect(row(page, 'Karel Dvořák')).toBeVisible();
    await expectSameDocument(page);
    await world.simulator.says(await world.simulator.addCustomer('Eva Malá', '420800555202'), 'Dobrý den');
    await expect(row(page, 'Eva Malá')).toBeVisible();
    await page.close();
  } finally {
    front.stop();
  }
});
