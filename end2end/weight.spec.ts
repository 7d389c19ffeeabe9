// What a page costs while it loads and afterwards.

import { expect, test } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');

test('what came with the page is not fetched again, and a message brings its own row', async ({ world, person }) => {
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Hello');
  await world.sessionOf(karel);
  const page = await person('jana');
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/rpc\/inbox\/(list|counts)$/.test(pathname)) asked.push(pathname);
  });
  const stream = page.waitForResponse((response) => new URL(response.url()).pathname === '/events');
  await page.goto('/inbox?tab=waiting');
  await stream;
  const list = page.getByRole('region', { name: inbox.list.label });
  await expect(list.getByRole('link', { name: 'Karel Dvořák' })).toBeVisible();
  // Its first event has come long before another request has gone there and back.
  await page.request.get('/healthz');
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  expect(asked).toEqual([]);

  await world.simulator.says(karel, 'Is anybody there?');
  await expect(list.getByRole('link', { name: 'Karel Dvořák' })).toContainText('Is anybody there?');
  expect(asked).toEqual([]);
});
