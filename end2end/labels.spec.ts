// Labels: put on a session in its details, seen in the list by everybody, and what a list is narrowed to.

import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox, directory, common } = words('en');

test('a label is defined, put on, seen by a colleague and filtered by', async ({ world, person }) => {
  const [jana, boss] = [await person('jana'), await person('admin')];
  const { id } = await pickedUp(world, jana);
  const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
  await world.simulator.says(eva, 'Dobrý den');
  await world.sessionOf(eva);
  await visit(boss, '/labels');
  await boss.getByRole('link', { name: directory.labels.add }).first().click();
  await boss.getByLabel(directory.labels.name, { exact: true }).fill('Complaint');
  await boss.getByRole('button', { name: common.button.save }).click();
  await expect(boss.getByRole('link', { name: 'Complaint' })).toBeVisible();

  // The open page learns of the new label by itself.
  const toggle = jana.locator('.details-labels').getByRole('button', { name: 'Complaint' });
  await expect(toggle).toHaveAttribute('aria-pressed', 'false');
  await visit(boss, '/inbox?tab=all');
  const rows = boss.locator('.rows .row');
  await expect(rows).toHaveCount(2);
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-pressed', 'true');
  await expect(boss.locator(`#row-${id} .label-chip`)).toHaveText('Complaint');

  await boss.locator('.inbox-filters summary').click();
  await boss.locator('.inbox-filters').getByRole('link', { name: 'Complaint' }).click();
  await expect(rows).toHaveCount(1);
  await expect(boss.locator('.inbox-filters > .chip[aria-current=true]')).toContainText('Complaint');
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-pressed', 'false');
  await expect(boss.getByText(inbox.empty.narrowed_title)).toBeVisible();
  await boss.getByRole('link', { name: inbox.empty.narrowed_button }).click();
  await expect(rows).toHaveCount(2);
});
