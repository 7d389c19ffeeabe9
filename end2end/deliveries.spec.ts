// Dead letters: listed, opened, replayed once their cause is mended, or deleted.

import { Past } from './support/past.js';
import { expect, test, visit } from './support/test.js';
import { filled, LOCALE, type Language, words } from './support/words.js';
import type { World } from './support/world.js';

/** Messages for a number that no channel has. */
async function orphans(world: World, ...texts: string[]): Promise<void> {
  if (!world.channel) throw new Error('only a furnished world has a channel');
  const customer = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  const past = await Past.start(world.simulator, world.channel);
  for (const text of texts) await past.wroteToNobody(customer, text);
  await past.stop();
}

/** The number gets its channel. */
async function adopt(world: World): Promise<void> {
  const queue = await world.addQueue('Adopted', ['201'], 'manual');
  await world.addChannel('Adopted', '+420 800 555 099', '300000000000099', { type: 'queue', id: queue });
}

for (const language of ['en', 'cs'] as Language[]) {
  test(`letters are opened, deleted and replayed by keyboard (${language})`, async ({ world, person }) => {
    const { system } = words(language);
    const it = system.deliveries;
    const press = async (role: 'button' | 'link', name: string) => {
      const control = page.getByRole(role, { name, exact: true });
      await control.focus();
      await page.keyboard.press('Enter');
    };
    await orphans(world, 'First', 'Second', 'Third');
    const page = await person('admin', { locale: LOCALE[language] });
    await visit(page, '/system/deliveries');
    const letters = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: it.unknown_number }) });
    await expect(letters).toHaveCount(3);

    await letters.first().getByRole('link', { name: it.open }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: it.raw })).toContainText('Third');
    await press('button', it.replay);
    const still = filled(it.still, { count: 1, reason: it.unknown_number });
    await expect(page.getByRole('status').getByText(still)).toBeVisible();
    await page.getByText(it.delete, { exact: true }).focus();
    await page.keyboard.press('Enter');
    await press('button', it.delete_yes);
    await expect(page).toHaveURL(/\/system\/deliveries$/);
    await expect(letters).toHaveCount(2);

    await adopt(world);
    await press('button', filled(it.replay_all, { count: 2 }));
    await expect(page.getByText(filled(it.applied, { count: 2 }))).toBeVisible();
    await expect(page.getByRole('heading', { name: it.empty })).toBeVisible();
    const { items } = await world.api<{ items: { unread: number }[] }>('GET', 'sessions');
    expect(items.map((session) => session.unread)).toEqual([2]);
  });
}

test('the filter stands in the address', async ({ world, person }) => {
  const it = words('en').system.deliveries;
  await orphans(world, 'First');
  const page = await person('admin');
  await visit(page, '/system/deliveries');
  await page.getByLabel(it.number, { exact: true }).fill('300000000000001');
  await page.getByRole('button', { name: it.show, exact: true }).click();
  await expect(page).toHaveURL(/phone_number_id=300000000000001/);
  await expect(page.getByRole('heading', { name: it.none_match })).toBeVisible();
  await page.getByRole('link', { name: it.show_all, exact: true }).click();
  await expect(page.getByRole('heading', { name: it.unknown_number })).toBeVisible();
  await page.getByRole('navigation', { name: it.by_reason }).getByRole('link', { name: it.unknown_number }).click();
  await expect(page).toHaveURL(/reason=unknown_number/);
  await expect(page.getByRole('heading', { name: it.unknown_number })).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('letters are replayed', async ({ world, person, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const it = words('en').system.deliveries;
    await orphans(world, 'First', 'Second');
    const page = await person('admin');
    await page.goto('/system/deliveries');
    await page.getByRole('button', { name: it.replay, exact: true }).first().click();
    const still = filled(it.still, { count: 1, reason: it.unknown_number });
    await expect(page.getByText(still)).toBeVisible();
    await adopt(world);
    await page.getByRole('button', { name: it.replay, exact: true }).click();
    await expect(page.getByText(filled(it.applied, { count: 1 }))).toBeVisible();
    await page.getByRole('button', { name: filled(it.replay_all, { count: 1 }), exact: true }).click();
    await expect(page.getByText(filled(it.applied, { count: 1 }))).toBeVisible();
    await expect(page.getByRole('heading', { name: it.empty })).toBeVisible();
  });
});
