// A day's load: three hundred customers wait, in windows of every width at which people work.

import type { Page } from '@playwright/test';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';
import type { World } from './support/world.js';

const { inbox } = words('en');
const CUSTOMERS = 300;
const SIZES = [
  { width: 768, height: 800 },
  { width: 1024, height: 768 },
  { width: 1280, height: 800 },
];

/** Waiting customers; the one with the lowest number has waited longest. */
async function crowd(world: World, many: number): Promise<void> {
  for (let n = 1; n <= many; n++) {
    const customer = await world.simulator.addCustomer(nameOf(n), String(420800600000 + n));
    await world.simulator.says(customer, `Dobrý den, zpráva číslo ${n}`);
  }
  const waiting = async () => {
    let found = 0;
    for (let cursor = ''; ; ) {
      const page = await world.api<{ items: unknown[]; next_cursor: string | null }>(
        'GET',
        `sessions?limit=200${cursor && `&cursor=${cursor}`}`,
      );
      found += page.items.length;
      if (!page.next_cursor) return found;
      cursor = page.next_cursor;
    }
  };
  await expect.poll(waiting, { timeout: 60_000 }).toBe(many);
}

const nameOf = (n: number) => `Zákazník ${String(n).padStart(3, '0')}`;

/** Only scrollers may scroll: never the window, and nothing is longer or wider than it. */
async function expectStillWindow(page: Page): Promise<void> {
  const { moved, excess, wide } = await page.evaluate(() => ({
    moved: window.scrollY,
    excess: document.documentElement.scrollHeight - window.innerHeight,
    wide: document.documentElement.scrollWidth - window.innerWidth,
  }));
  expect({ moved, excess, wide }).toEqual({ moved: 0, excess: 0, wide: 0 });
}

for (const size of SIZES) {
  test(`three hundred customers, ${size.width} wide`, async ({ world, person }) => {
    test.setTimeout(180_000);
    await crowd(world, CUSTOMERS);
    const page = await person('jana');
    const list = page.getByRole('region', { name: inbox.list.label });
    const rows = list.getByRole('listitem');
    const head = (n: number) => page.getByRole('heading', { level: 2, name: nameOf(n) });
    await page.setViewportSize(size);
    await visit(page, '/inbox?tab=waiting&pages=6');
    await expect(rows).toHaveCount(CUSTOMERS);
    await expectStillWindow(page);

    // With the mouse, from one end to the other.
    for (const n of [1, 9, 12, 150, 290, 300]) {
      await rows.nth(n - 1).click();
      await expect(head(n)).toBeVisible();
      await expectStillWindow(page);
      await expect(page.getByRole('searchbox', { name: inbox.list.search })).toBeInViewport();
    }

    // With the keyboard.
    await rows.first().click();
    await expect(head(1)).toBeVisible();
    for (let n = 2; n <= 16; n++) {
      await page.keyboard.press('j');
      await expect(head(n)).toBeVisible();
      await expect(rows.nth(n - 1).getByRole('link')).toBeFocused();
      await expect(rows.nth(n - 1)).toBeInViewport({ ratio: 0.9 });
      await expectStillWindow(page);
    }
    await page.keyboard.press('k');
    await expect(head(15)).toBeVisible();
    await expect(rows.nth(14).getByRole('link')).toBeFocused();

    // The details lie beside or over the thread; the list stays where it is.
    const details = page.getByRole('complementary', { name: inbox.thread.details });
    const before = await list.boundingBox();
    if (!(await details.isVisible())) {
      await page.getByRole('button', { name: inbox.thread.details }).click();
    }
    await expect(details).toBeVisible();
    expect(await list.boundingBox()).toEqual(before);
    await expect(list).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('region', { name: nameOf(15) })).toBeVisible();
    const [around, within] = [await page.locator('.inbox').boundingBox(), await details.boundingBox()];
    expect((within?.x ?? 0) + (within?.width ?? 0)).toBeCloseTo((around?.x ?? 0) + (around?.width ?? 0), 0);
    expect((within?.y ?? 0) + (within?.height ?? 0)).toBeCloseTo((around?.y ?? 0) + (around?.height ?? 0), 0);
    await page.screenshot({ path: test.info().outputPath(`details-${size.width}.png`) });
    await expectStillWindow(page);
    const hide = page.getByRole('button', { name: inbox.details.hide });
    if (await hide.isVisible()) {
      await expect(hide).toBeFocused();
      await hide.click();
      await expect(details).toBeHidden();
      await expect(page.getByRole('button', { name: inbox.thread.details })).toBeFocused();
    }
  });
}

test('a list goes on before its end is reached', async ({ world, person }) => {
  test.setTimeout(120_000);
  await crowd(world, 53);
  const page = await person('jana');
  await visit(page, '/inbox?tab=waiting');
  const rows = page.getByRole('region', { name: inbox.list.label }).getByRole('listitem');
  await expect(rows).toHaveCount(50);
  await rows.nth(49).click();
  await expect(page.getByRole('heading', { level: 2, name: nameOf(50) })).toBeVisible();
  await expect(rows).toHaveCount(53);
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { level: 2, name: nameOf(51) })).toBeVisible();
  await expect(page.getByRole('link', { name: inbox.list.more })).toHaveCount(0);
});
