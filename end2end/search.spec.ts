// The search over messages and notes: from the search box to the place in the thread.

import type { Page } from '@playwright/test';
import { wroteMany } from './support/past.js';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');
const box = (page: Page) => page.getByRole('searchbox', { name: inbox.list.search });
const hits = (page: Page) => page.getByRole('region', { name: inbox.hits.title });
const sought = (page: Page) => page.locator('.flow .sought');

test('a text of long ago is found, and its place in the thread', async ({ world, person }) => {
  const page = await person('jana', { viewport: { width: 1280, height: 800 } });
  const { id } = await pickedUp(world, page, 'Řehoř wants the blue sunflower');
  if (!world.channel) throw new Error('only a furnished world has a channel');
  const start = Date.now() + 1000;
  const later = Array.from({ length: 300 }, (_, n) => ({ at: new Date(start + n * 1000), text: `No. ${n}` }));
  await wroteMany(world.channel, { name: 'Karel Dvořák', waId: '420800555201' }, later);
  await expect.poll(async () => (await world.api<{ unread: number }>('GET', `sessions/${id}`)).unread).toBeGreaterThan(290);

  await visit(page, '/inbox?tab=mine');
  await box(page).fill('rehor sunflower');
  const hit = hits(page).getByRole('link');
  await expect(hit).toHaveCount(1);
  await expect(hit.locator('mark')).toHaveText(['Řehoř', 'sunflower']);
  await hit.click();
  await expect(sought(page)).toContainText('blue sunflower');
  await expect(sought(page)).toBeInViewport({ ratio: 1 });
  await expect(hit).toHaveAttribute('aria-current', 'page');
  // Older messages are no place for an answer; one link leads to the newest.
  await expect(page.locator('.composer')).toHaveCount(0);
  await page.reload();
  await expect(sought(page)).toBeInViewport({ ratio: 1 });

  // Another hit in the same thread.
  await box(page).fill('No. 299');
  await hits(page).getByRole('link').filter({ hasText: 'No. 299' }).click();
  await expect(sought(page)).toContainText('No. 299');
  await expect(sought(page)).toBeInViewport();
  await expect(page.locator('.composer')).toBeVisible();

  // The keyboard goes on from hit to hit.
  await box(page).fill('no.');
  await expect(hits(page).getByRole('listitem')).toHaveCount(20);
  await page.keyboard.press('Escape');
  await hits(page).getByRole('link').first().click();
  const first = await sought(page).textContent();
  await page.keyboard.press('j');
  await expect(hits(page).getByRole('link').nth(1)).toHaveAttribute('aria-current', 'page');
  await expect(hits(page).getByRole('link').nth(1)).toBeFocused();
  await expect(sought(page)).not.toHaveText(first ?? '');

  await box(page).fill('nobody wrote this');
  await expect(hits(page)).toContainText(inbox.hits.none);
  await box(page).fill('');
  await expect(hits(page)).toHaveCount(0);
});

test('what is found stays when more is loaded, and notes lead to their line', async ({ world, person }) => {
  const page = await person('jana');
  const { id } = await pickedUp(world, page);
  for (let n = 0; n < 25; n++) await world.api('POST', `sessions/${id}/notes`, { text: `Parcel ${n}` });
  await visit(page, `/inbox/${id}?tab=mine`);
  await box(page).fill('parcel');
  const all = hits(page).getByRole('listitem');
  await expect(all).toHaveCount(20);
  await expect(all.first()).toContainText(inbox.note.title);
  await hits(page).getByRole('link', { name: inbox.hits.more }).click();
  await expect(all).toHaveCount(25);
  await all.nth(24).getByRole('link').click();
  await expect(sought(page)).toContainText('Parcel 0');
  await expect(sought(page)).toBeInViewport();
});

test('an operator finds nothing of a colleague’s', async ({ world, person }) => {
  const [jana, petr] = [await person('jana'), await person('petr')];
  await pickedUp(world, jana, 'A private sunflower');
  for (const [page, count] of [[jana, 1], [petr, 0]] as const) {
    await visit(page, '/inbox?tab=all&q=sunflower');
    await expect(hits(page)).toBeVisible();
    await expect(hits(page).getByRole('link')).toHaveCount(count);
  }
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a hit is a link to its place', async ({ world, person, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const page = await person('jana');
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'The blue sunflower');
    await world.sessionOf(karel);
    await page.goto(`${world.url}inbox?tab=waiting&q=sunflower`);
    await hits(page).getByRole('link').click();
    await expect(sought(page)).toContainText('blue sunflower');
  });
});
