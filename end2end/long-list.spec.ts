// A list of ten thousand sessions: only the rows about the screen are drawn, and every session can be reached.

import type { Locator, Page } from '@playwright/test';
import { deliver } from './support/past.js';
import { expect, test, untilLive, visit } from './support/test.js';
import { words } from './support/words.js';
import type { Channel } from './support/world.js';

const { inbox } = words('en');
const MANY = 10_000;

const nameOf = (n: number) => `Zákazník ${String(n).padStart(5, '0')}`;

/** The one with the lowest number has waited longest. */
async function crowd(channel: Channel, many: number): Promise<void> {
  const begun = Date.now() - 4 * 3_600_000;
  await deliver(
    channel,
    Array.from({ length: many }, (_, n) => ({
      customer: { name: nameOf(n + 1), waId: String(420800600000 + n + 1) },
      at: new Date(begun + n * 1000),
      text: `Dobrý den, zpráva číslo ${n + 1}`,
    })),
  );
}

/** Scrolls to the end until there is no more. */
async function toTheEnd(page: Page, last: Locator): Promise<void> {
  const scroller = page.locator('.rows-scroll');
  await expect(async () => {
    await scroller.evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await expect(last).toBeInViewport({ timeout: 100 });
  }).toPass({ timeout: 240_000, intervals: [50] });
}

test('ten thousand sessions', async ({ world, person }) => {
  test.setTimeout(480_000);
  if (!world.channel) throw new Error('the world is furnished');
  await crowd(world.channel, MANY);
  const page = await person('jana');
  const list = page.getByRole('region', { name: inbox.list.label });
  const rows = list.locator('a.row');
  const row = (n: number) => list.getByRole('link', { name: nameOf(n) });
  await visit(page, '/inbox?tab=waiting');
  const tab = list.getByRole('link', { name: /^Waiting/ });
  await expect(tab).toContainText(/10.?000/, { timeout: 120_000 });
  await page.reload();
  await expect(rows).toHaveCount(50);
  await expect(row(1)).toBeVisible();

  await toTheEnd(page, row(MANY));
  expect(await rows.count()).toBeLessThan(200);
  const last = list.getByRole('listitem').filter({ hasText: nameOf(MANY) });
  await expect(last).toHaveAttribute('aria-posinset', String(MANY));
  await expect(last).toHaveAttribute('aria-setsize', String(MANY));

  // The middle is there when it is scrolled to.
  const scroller = page.locator('.rows-scroll');
  await scroller.evaluate((box) => box.scrollTo(0, box.scrollHeight / 2));
  const inTheMiddle = () =>
    scroller.evaluate((box) => {
      const { left, top, height } = box.getBoundingClientRect();
      return document.elementFromPoint(left + 20, top + height / 2)?.closest('a.row')?.textContent ?? '';
    });
  await expect.poll(inTheMiddle).toMatch(/Zákazník 0(49|50)/);

  // What comes meanwhile does not move what is read.
  await row(5000).scrollIntoViewIfNeeded();
  const place = async () => (await row(5000).boundingBox())?.y;
  const before = await place();
  const newest = await world.simulator.addCustomer('Nový zákazník', '420800700000');
  await world.simulator.says(newest, 'Dobrý den');
  await expect(tab).toContainText(/10.?001/);
  expect(await place()).toBe(before);

  // From a session whose row is not drawn, K goes to the one before it.
  await visit(page, '/inbox?tab=waiting&pages=12');
  await scroller.evaluate((box) => box.scrollTo(0, box.scrollHeight));
  await row(590).click();
  await expect(page.getByRole('heading', { level: 2, name: nameOf(590) })).toBeVisible();
  await scroller.evaluate((box) => box.scrollTo(0, 0));
  await expect(row(1)).toBeInViewport();
  await expect(row(590)).toHaveCount(0);
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { level: 2, name: nameOf(589) })).toBeVisible();
  await expect(row(589)).toBeFocused();
  await expect(row(589)).toBeInViewport();
});

test('who has scrolled to the end before the page is live sees the list go on', async ({ world, person }) => {
  if (!world.channel) throw new Error('the world is furnished');
  await crowd(world.channel, 60);
  const page = await person('jana');
  await visit(page, '/inbox?tab=waiting');
  const list = page.getByRole('region', { name: inbox.list.label });
  await expect(list.getByRole('link', { name: /^Waiting/ })).toContainText('60');
  let goOn = () => {};
  const scrolled = new Promise<void>((done) => {
    goOn = done;
  });
  await page.route('**/*.wasm', async (route) => {
    await scrolled;
    await route.continue();
  });
  await untilLive(page, async () => {
    await page.goto('/inbox?tab=waiting', { waitUntil: 'commit' });
    await expect(list.locator('a.row')).toHaveCount(50);
    await page.locator('.rows-scroll').evaluate((box) => box.scrollTo(0, box.scrollHeight));
    goOn();
  });
  await expect(list.locator('a.row')).toHaveCount(60);
});
