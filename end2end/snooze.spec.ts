// A session that its owner puts off: it leaves the list, and comes back by a button or with the customer's next message.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');
const row = (page: Page) =>
  page.getByRole('region', { name: inbox.list.label }).getByRole('link', { name: 'Karel Dvořák' });
const button = (page: Page, name: string) => page.locator('.thread-actions').getByRole('button', { name });
const snoozed = (page: Page) => page.locator('.inbox-filters').getByRole('link', { name: inbox.snooze.only });

test('Z puts a session off, and the customer brings it back', async ({ world, person }) => {
  const page = await person('jana');
  const { karel } = await pickedUp(world, page);
  const list = `${world.url}inbox?tab=mine`;
  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  const dialog = page.getByRole('dialog', { name: inbox.snooze.title });
  await expect(dialog).toBeVisible();
  // Times by the reader's own clock.
  await expect(dialog.getByRole('button', { name: inbox.snooze.tomorrow })).toBeVisible();
  await dialog.getByRole('button', { name: inbox.snooze.tomorrow }).click();
  await expect(page.locator('.thread-snoozed')).toContainText(/0?9:00/);
  await page.goto(list);
  await expect(row(page)).toHaveCount(0);
  await snoozed(page).click();
  await expect(row(page).locator('.row-snoozed')).toContainText(/0?9:00/);
  await row(page).click();
  await button(page, inbox.snooze.wake).click();
  await expect(page.locator('.thread-snoozed')).toHaveCount(0);

  // A time of one's own.
  await button(page, inbox.snooze.snooze).click();
  const field = dialog.getByLabel(inbox.snooze.own, { exact: true });
  const set = dialog.locator('.snooze-own').getByRole('button', { name: inbox.snooze.snooze });
  await field.fill('2001-01-01T10:00');
  await expect(set).toBeDisabled();
  const year = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  await field.fill(`${year}T10:30`);
  await set.click();
  await expect(page.locator('.thread-snoozed')).toContainText('10:30');
  await page.goto(list);
  await expect(row(page)).toHaveCount(0);
  await world.simulator.says(karel, 'Ještě něco');
  await expect(row(page)).toContainText('Ještě něco');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the dialog offers hours', async ({ world, person, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const page = await person('jana');
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'Dobrý den');
    const { id } = await world.sessionOf(karel);
    await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
    await page.goto(`/inbox/${id}`);
    await button(page, inbox.snooze.snooze).click();
    await page.getByRole('button', { name: inbox.snooze.day }).click();
    await expect(page.locator('.thread-snoozed')).toBeVisible();
    await page.goto('/inbox?tab=mine');
    await expect(row(page)).toHaveCount(0);
    await page.goto(`/inbox/${id}`);
    await button(page, inbox.snooze.wake).click();
    await expect(row(page)).toBeVisible();
  });
});
