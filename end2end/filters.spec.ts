// What a list is narrowed to: a queue, an operator, windows that close soon. The filters are in the address.

import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');

test('a supervisor narrows the list to a queue and an operator, and back', async ({ world, person }) => {
  const boss = await person('admin');
  await world.addQueue('Sklad', ['202'], 'manual');
  const customers = [];
  for (const [name, number] of [
    ['Karel Dvořák', '420800555201'],
    ['Eva Malá', '420800555202'],
  ] as const) {
    const customer = await world.simulator.addCustomer(name, number);
    await world.simulator.says(customer, 'Dobrý den');
    customers.push(await world.sessionOf(customer));
  }
  await world.api('POST', `sessions/${customers[0]?.id}/pick-up`, { extension: '201' });
  await visit(boss, '/inbox?tab=all');
  const rows = boss.locator('.rows .row');
  const menu = boss.locator('.inbox-filters summary');
  const item = (name: string) => boss.locator('.inbox-filters .menu-list').getByRole('link', { name, exact: true });
  await expect(rows).toHaveCount(2);

  await menu.click();
  await item('Jana Nováková').click();
  await expect(rows).toHaveCount(1);
  await expect(boss).toHaveURL(/owner=/);
  const chip = boss.locator('.inbox-filters > .chip[aria-current]');
  await expect(chip).toContainText('Jana Nováková');
  await boss.reload();
  await expect(rows).toHaveCount(1);

  await menu.click();
  await item('Sklad').click();
  await expect(boss.getByText(inbox.empty.narrowed_title)).toBeVisible();
  await boss.getByRole('link', { name: inbox.empty.narrowed_button }).click();
  await expect(rows).toHaveCount(2);

  await boss.getByRole('link', { name: inbox.list.closing }).click();
  await expect(boss).toHaveURL(/closing=1/);
  // Karel wrote first, so his window closes first.
  await expect(rows.first()).toContainText('Karel Dvořák');
  await expect(rows).toHaveCount(2);
});
