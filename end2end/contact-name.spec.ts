// The company's own name of a customer: every colleague sees it at once, wherever the customer is named.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { common, inbox } = words('en');

const field = (page: Page) => page.getByRole('textbox', { name: inbox.details.own_name });
const save = (page: Page) => page.locator('.details-name').getByRole('button', { name: common.button.save }).click();
const open = (page: Page) => page.locator('.details-name').getByText(inbox.details.own_name, { exact: true }).click();
const title = (page: Page) => page.locator('.thread-who h2');

test('a colleague sees a new name at once, and what they type stays', async ({ world, person }) => {
  const wide = { viewport: { width: 1440, height: 900 } };
  const [jana, boss] = [await person('jana', wide), await person('admin', wide)];
  const { id } = await pickedUp(world, jana);
  await visit(boss, `/inbox/${id}?tab=all`);
  const before = await title(boss).innerText();
  await open(jana);
  await open(boss);
  await field(boss).fill('Dílna');
  await field(jana).fill('Truhlářství');
  await save(jana);
  await expect(title(jana)).toHaveText('Truhlářství');
  await expect(title(boss)).toHaveText('Truhlářství');
  await expect(boss.locator(`#row-${id}`)).toContainText('Truhlářství');
  await expect(boss.locator('dl', { has: boss.getByText(inbox.details.profile_name) })).toContainText(before);
  await expect(field(boss)).toHaveValue('Dílna');
  await save(boss);
  await expect(field(jana)).toHaveValue('Dílna');

  await field(jana).fill('');
  await save(jana);
  await expect(title(boss)).toHaveText(before);
});
