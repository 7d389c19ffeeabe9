// Every form that stays on its page, saved with valid and then with invalid input: a form's state survives a redraw.

import type { Page } from '@playwright/test';
import { expect, expectSameDocument, mark, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { common } = words('en');

const save = (page: Page) => page.getByRole('button', { name: common.button.save, exact: true });
const said = (page: Page) => page.getByRole('status').getByText(common.said.saved);

/** Saves with invalid input: the field says so, nothing says that it was saved, and the page lives on. */
async function expectRefused(page: Page, field: string, wrong: string): Promise<void> {
  const input = page.locator(`#field-${field}`);
  await input.fill(wrong);
  await save(page).click();
  await expect(input).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator(`#field-${field}-problem`)).not.toBeEmpty();
  await expect(input).toBeFocused();
  await expect(said(page)).toHaveCount(0);
}

async function expectSaved(page: Page, field: string, right: string): Promise<void> {
  const input = page.locator(`#field-${field}`);
  await input.fill(right);
  await save(page).click();
  await expect(said(page)).toBeVisible();
  await expect(input).not.toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator(`#field-${field}-problem`)).toBeEmpty();
}

for (const [tab, field, right, wrong] of [
  ['', 'name', 'Podpora', ''],
  ['/messaging', 'waba_id', '200000000000001', 'not a number'],
] as const) {
  test(`a channel's form is saved, refused, and saved again${tab}`, async ({ world, person }) => {
    const page = await person('admin');
    await visit(page, `/channels/${world.channel?.id}${tab}`);
    await mark(page);
    for (let round = 0; round < 3; round += 1) {
      await expectSaved(page, field, right);
      await expectRefused(page, field, wrong);
    }
    await expectSaved(page, field, right);
    await expectSameDocument(page);
  });
}

for (const list of ['/extensions', '/queues']) {
  test(`what is wrong is told after switching off and on: ${list}`, async ({ person }) => {
    const page = await person('admin');
    await visit(page, list);
    await page.locator('.table tbody a').first().click();
    await expect(page.locator('#field-name')).toBeVisible();
    await mark(page);
    for (const button of [common.button.disable, common.button.enable]) {
      await page.getByRole('button', { name: button, exact: true }).click();
      await expect(page.getByRole('button', { name: button, exact: true })).toHaveCount(0);
    }
    await expectRefused(page, 'name', '');
    await page.locator('#field-name').fill('Another name');
    await save(page).click();
    await expect(page).toHaveURL(new RegExp(`${list}$`));
    await expect(page.getByRole('link', { name: 'Another name' })).toBeVisible();
    await expectSameDocument(page);
  });
}

test('a channel is not deleted by the wrong name, however often', async ({ world, person, troubles }) => {
  troubles.allow(/409/);
  const page = await person('admin');
  await visit(page, `/channels/${world.channel?.id}/delete`);
  for (const wrong of ['Something', 'Something else']) {
    await page.locator('#field-name').fill(wrong);
    await page.locator('form button.danger').click();
    await expect(page.getByRole('alert').getByText(common.refusal.name_differs)).toBeVisible();
  }
});
