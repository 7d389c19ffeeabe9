// Who is there for new sessions, and queues that give theirs out.

import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { common, directory } = words('en');

test('a queue gives a session to whoever is online, and to nobody who is busy', async ({ world, person }) => {
  const [jana, boss] = [await person('jana'), await person('admin')];
  await visit(boss, '/queues');
  await boss.getByRole('link', { name: 'Podpora' }).click();
  await boss.getByLabel(directory.queues.distributes).check();
  await boss.getByRole('button', { name: common.button.save }).click();
  await expect(boss.getByText(directory.queues.given)).toBeVisible();

  await visit(jana, '/inbox');
  const account = jana.locator('summary.person');
  await expect(account.locator('.presence-dot')).toHaveAttribute('data-presence', 'online');
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  await expect(jana.locator('.rows .row')).toContainText('Karel Dvořák');

  await account.click();
  await jana.getByRole('button', { name: common.presence.busy_choice }).click();
  await expect(account.locator('.presence-dot')).toHaveAttribute('data-presence', 'busy');
  const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
  await world.simulator.says(eva, 'Dobrý den');
  await world.sessionOf(eva);
  await visit(boss, '/extensions');
  await expect(boss.getByRole('row', { name: /Jana Nováková/ })).toContainText(common.presence.busy);
  await expect(jana.locator('.rows .row')).toHaveCount(1);

  await jana.getByRole('button', { name: common.presence.online_choice }).click();
  await expect(jana.locator('.rows .row')).toHaveCount(2);
});

test('a colleague sees who writes a reply or a note', async ({ world, person }) => {
  const [jana, boss] = [await person('jana'), await person('admin')];
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  await visit(boss, `/inbox/${id}?tab=all`);
  await visit(jana, `/inbox/${id}`);
  await jana.locator('.composer textarea').pressSequentially('Už to');
  const sign = boss.locator('.thread-writers');
  await expect(sign).toContainText('Jana Nováková');
  await expect(jana.locator('.thread-writers')).toBeEmpty();
  await jana.keyboard.press('Enter');
  // Her message takes its place.
  await expect(boss.getByRole('log').getByText('Už to')).toBeVisible();
  await expect(sign).toBeEmpty();
});
