// A supervisor moves sessions: one that an operator is working on, and many.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { filled, words } from './support/words.js';

const { channels, common, directory, inbox } = words('en');
const chat = (page: Page) => page.getByRole('log', { name: inbox.thread.messages });
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
/** The operator who lost a session requests it once more, and is told who has it. */
const LOST = [/409 \(Conflict\)|^409 .*\/inbox\/thread$/];

test.beforeEach(async ({ world }) => {
  await world.addOperator('900', 'Vendula Vedoucí', 'vendula', 'supervisor');
});

test('whoever closes may say why', async ({ world, person }) => {
  const page = await person('jana');
  const { karel } = await pickedUp(world, page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: inbox.confirm.title });
  await dialog.getByRole('button', { name: inbox.confirm.no }).click();
  await expect(dialog).toBeHidden();
  await page.keyboard.press('e');
  await dialog.getByLabel(inbox.transfer.reason).fill('Vyřešeno');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log', { name: inbox.thread.messages })).toContainText('Vyřešeno');
  expect((await world.sessionOf(karel)).state).toBe('closed');
});

test('a session is taken over: its owner sees by whom, and keeps the draft', async ({ world, person, troubles }) => {
  const [jana, vendula] = [await person('jana'), await person('vendula')];
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Haló?');
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  await visit(jana, `/inbox/${id}?tab=mine`);
  await reply(jana).fill('Dobrý den, už na to');
  await expect(jana.getByRole('button', { name: inbox.thread.take_over })).toHaveCount(0);
  await expect(jana.getByRole('button', { name: inbox.thread.transfer })).toHaveCount(0);

  await visit(vendula, `/inbox/${id}?tab=all`);
  await expect(vendula.getByText(filled(inbox.composer.not_yours, { owner: 'Jana Nováková' }))).toBeVisible();
  await vendula.getByRole('button', { name: inbox.thread.take_over, exact: true }).click();
  const dialog = vendula.getByRole('dialog', { name: inbox.transfer.take_over_title });
  await dialog.getByLabel(inbox.transfer.reason).fill('Spěchá to');
  troubles.allow(...LOST);
  await dialog.getByRole('button', { name: inbox.transfer.take_over }).click();

  await expect(vendula).toHaveURL(/tab=mine/);
  await expect(chat(vendula)).toContainText(filled(inbox.moment.taken_over, { who: 'Vendula Vedoucí' }));
  await expect(chat(vendula)).toContainText('Spěchá to');
  await expect(reply(vendula)).toBeEditable();
  await expect(jana.getByRole('heading', { name: filled(inbox.thread.taken, { by: 'Vendula Vedoucí' }) })).toBeVisible();
  await expect(jana.getByRole('figure', { name: inbox.composer.draft_kept })).toContainText('Dobrý den, už na to');
});

test('a session is transferred by the keyboard', async ({ world, person, troubles }) => {
  const [petr, vendula] = [await person('petr'), await person('vendula')];
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Haló?');
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  await world.api('POST', 'extensions', { number: '205', name: 'Sklad' });
  await visit(petr, '/inbox?tab=mine');
  await visit(vendula, `/inbox/${id}?tab=all`);
  troubles.allow(...LOST);
  await vendula.keyboard.press('t');
  const dialog = vendula.getByRole('dialog', { name: inbox.transfer.title });
  await expect(dialog).toBeVisible();
  await vendula.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await vendula.keyboard.press('t');
  // Nobody can log in as this one.
  await expect(dialog.getByRole('option', { name: `205 Sklad (${channels.is_empty})` })).toHaveCount(1);
  await dialog
    .getByLabel(inbox.transfer.to, { exact: true })
    .selectOption(`202 Petr Svoboda – ${common.presence.online}`);
  await dialog.getByLabel(inbox.transfer.reason).fill('Ví o tom víc');
  await vendula.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(chat(vendula)).toContainText(
    filled(inbox.moment.transferred, { by: 'Vendula Vedoucí', who: 'Petr Svoboda' }),
  );
  await expect(petr.getByRole('link', { name: 'Karel Dvořák' })).toBeVisible();
});

test('a session that left comes back by itself', async ({ world, person, troubles }) => {
  const petr = await person('petr');
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Haló?');
  const { id } = await world.sessionOf(karel);
  await visit(petr, `/inbox/${id}?tab=waiting`);
  troubles.allow(...LOST);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  const taken = petr.getByRole('heading', { name: filled(inbox.thread.taken, { by: 'Jana Nováková' }) });
  await expect(taken).toBeVisible();
  const { items } = await world.api<{ items: { id: string; number: string }[] }>('GET', 'extensions');
  const to = items.find((extension) => extension.number === '202')?.id;
  await world.api('POST', `sessions/${id}/transfer`, { to: { type: 'extension', id: to } });
  await expect(reply(petr)).toBeEditable();
  await expect(taken).toHaveCount(0);
});

test('many are transferred together, and a disabled extension strands nobody', async ({ world, person }) => {
  const [vendula, admin] = [await person('vendula'), await person('admin')];
  for (const n of [1, 2, 3]) {
    const customer = await world.simulator.addCustomer(`Customer ${n}`, `42080055520${n}`);
    await world.simulator.says(customer, 'Haló?');
    const { id } = await world.sessionOf(customer);
    await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  }
  await visit(vendula, '/inbox');
  await vendula.getByRole('link', { name: common.nav.sessions }).click();
  await vendula.getByRole('link', { name: '201 Jana Nováková' }).click();
  const box = (n: number) =>
    vendula.getByRole('checkbox', { name: filled(directory.sessions.select, { who: `Customer ${n}` }) });
  await expect(box(3)).toBeChecked();
  await box(2).uncheck();
  await vendula
    .getByLabel(inbox.transfer.to, { exact: true })
    .selectOption(`202 Petr Svoboda – ${common.presence.offline}`);
  await vendula.getByLabel(inbox.transfer.reason).fill('Dovolená');
  await vendula.getByRole('button', { name: directory.sessions.transfer }).click();
  await expect(vendula.getByText(filled(directory.sessions.moved, { count: 2 }))).toBeVisible();
  await expect(box(2)).toBeVisible();
  await expect(box(1)).toHaveCount(0);
  const undo = vendula.getByRole('button', { name: directory.sessions.undo });
  await undo.click();
  await expect(vendula.getByText(filled(directory.sessions.undone, { count: 2 }))).toBeVisible();
  await expect(undo).toHaveCount(0);
  await expect(box(1)).toBeChecked();
  await vendula.getByRole('button', { name: directory.sessions.close }).click();
  await expect(vendula.getByText(filled(directory.sessions.closed, { count: 3 }))).toBeVisible();
  await undo.click();
  await expect(box(3)).toBeVisible();
  await box(2).uncheck();
  await vendula
    .getByLabel(inbox.transfer.to, { exact: true })
    .selectOption(`202 Petr Svoboda – ${common.presence.offline}`);
  await vendula.getByRole('button', { name: directory.sessions.transfer }).click();
  await expect(box(1)).toHaveCount(0);

  // The page says what disabling does before it is done.
  await visit(admin, '/extensions');
  await admin.getByRole('link', { name: '201 Jana Nováková' }).click();
  await expect(admin.getByText(directory.extensions.disable_text)).toBeVisible();
  await admin.getByRole('button', { name: common.button.disable }).click();
  await expect(admin.getByText(common.state.disabled, { exact: true })).toBeVisible();
  await visit(vendula, '/sessions');
  await expect(vendula.getByRole('link', { name: '201 Jana Nováková' })).toHaveCount(0);
  await vendula.getByRole('link', { name: 'Podpora', exact: true }).click();
  await expect(box(2)).toBeVisible();
});

test('open sessions of the log are moved and closed together', async ({ world, person, troubles }) => {
  // Nothing is selected at first.
  troubles.allow(/422 \(Unprocessable Entity\)|^422 .*\/transfers\/all$/);
  const vendula = await person('vendula');
  for (const n of [1, 2, 3]) {
    const customer = await world.simulator.addCustomer(`Customer ${n}`, `42080055520${n}`);
    await world.simulator.says(customer, 'Haló?');
    const { id } = await world.sessionOf(customer);
    if (n === 1) await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
    if (n === 3) await world.api('POST', `sessions/${id}/close`, {});
  }
  await visit(vendula, '/session-log');
  const box = (n: number) =>
    vendula.getByRole('checkbox', { name: filled(directory.sessions.select, { who: `Customer ${n}` }) });
  const all = vendula.getByRole('checkbox', { name: directory.sessions.select_all });
  // The closed one has no box.
  await expect(vendula.getByRole('link', { name: 'Customer 3', exact: true })).toBeVisible();
  await expect(box(3)).toHaveCount(0);
  await expect(box(1)).not.toBeChecked();
  await vendula.getByRole('button', { name: directory.sessions.close }).click();
  await expect(vendula.getByRole('alert').filter({ hasText: directory.sessions.none_selected })).toBeVisible();
  await all.check();
  await expect(box(1)).toBeChecked();
  await expect(box(2)).toBeChecked();
  // The last day of the filters is called so, too.
  await vendula
    .getByRole('combobox', { name: inbox.transfer.to, exact: true })
    .selectOption(`202 Petr Svoboda – ${common.presence.offline}`);
  await vendula.getByRole('button', { name: directory.sessions.transfer }).click();
  await expect(vendula.getByText(filled(directory.sessions.moved, { count: 2 }))).toBeVisible();
  const of = (n: number) => vendula.getByRole('row').filter({ hasText: `Customer ${n}` });
  await expect(of(1)).toContainText('202 Petr Svoboda');
  await expect(of(2)).toContainText('202 Petr Svoboda');
  // Each goes back to where it was.
  await vendula.getByRole('button', { name: directory.sessions.undo }).click();
  await expect(vendula.getByText(filled(directory.sessions.undone, { count: 2 }))).toBeVisible();
  await expect(of(1)).toContainText('201 Jana Nováková');
  await expect(of(2)).not.toContainText('Petr Svoboda');
  await box(2).check();
  await vendula.getByRole('button', { name: directory.sessions.close }).click();
  await expect(vendula.getByText(filled(directory.sessions.closed, { count: 1 }))).toBeVisible();
  await expect(box(2)).toHaveCount(0);
  await expect(box(1)).toBeVisible();
});
