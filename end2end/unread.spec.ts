// A session that is marked as unread, so that it is not forgotten.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');
const row = (page: Page) =>
  page.getByRole('region', { name: inbox.list.label }).getByRole('link', { name: 'Karel Dvořák' });
const mark = (page: Page) => page.getByRole('button', { name: inbox.thread.mark_unread });

test('U leaves the session and keeps it unread until it is opened', async ({ world, person }) => {
  const page = await person('jana');
  const { karel } = await pickedUp(world, page);
  await expect.poll(async () => (await world.sessionOf(karel)).unread).toBe(0);
  await expect(mark(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('u');
  await expect(row(page)).toBeFocused();
  await expect(row(page).locator('.row-unread')).toContainText('1');
  await expect(page).toHaveTitle(/^\(1\)/);
  await expect(page).toHaveURL(/\/inbox\?/);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await world.sessionOf(karel)).unread).toBe(0);
  await expect(page).toHaveTitle(/^[^(]/);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the button leads to the list', async ({ world, person, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const page = await person('jana');
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'Dobrý den');
    const { id } = await world.sessionOf(karel);
    await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
    await world.api('POST', `sessions/${id}/read`);
    await page.goto(`/inbox/${id}`);
    await mark(page).click();
    await expect(page).toHaveURL(/\/inbox(\?|$)/);
    await expect(row(page).locator('.row-unread')).toContainText('1');
  });
});
