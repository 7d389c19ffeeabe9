// Every form is a plain form: the console works, with reloads, where no script runs.

import { EXAMPLE } from './support/simulator.js';
import { expect, test } from './support/test.js';
import { filled, words } from './support/words.js';
import { PASSWORD } from './support/world.js';

const { auth, channels, common, directory, inbox } = words('en');

test.use({ javaScriptEnabled: false });

test.beforeEach(({ troubles }) => {
  // The browser names the page's policy when it does not load a script because scripts are off.
  troubles.allow(/^request failed: csp .*switchboard\.js$/);
});

test('log in, and the wrong password says so', async ({ stranger, troubles }) => {
  troubles.allow(/401|status of 401/);
  const page = await stranger();
  await page.goto('/channels');
  await expect(page).toHaveURL(/\/login\?next=%2Fchannels$/);
  await expect(page.getByRole('button', { name: common.button.reveal })).toHaveCount(0);
  await page.getByLabel(auth.login, { exact: true }).fill('admin');
  await page.getByLabel(auth.password, { exact: true }).fill('not my password');
  await page.getByRole('button', { name: auth.log_in }).click();
  await expect(page.getByRole('alert')).toHaveText(common.refusal.wrong_login);

  await page.getByLabel(auth.login, { exact: true }).fill('admin');
  await page.getByLabel(auth.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: auth.log_in }).click();
  await expect(page).toHaveURL(/\/channels$/);
  await expect(page.getByRole('row', { name: 'Podpora WhatsApp' })).toContainText(common.badge.active);
});

test('a channel is made and both tabs are saved', async ({ person }) => {
  const page = await person('admin');
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const save = page.getByRole('button', { name: common.button.save, exact: true });
  await page.goto('/channels');
  await page.getByText(common.button.add, { exact: true }).click();
  await page.getByRole('button', { name: channels.whatsapp, exact: true }).click();
  await field(channels.field.name).fill('Prodej');
  await field(channels.field.access_token).fill(EXAMPLE.token);
  await field(channels.field.app_secret).fill(EXAMPLE.appSecret);
  await save.click();
  await expect(page.getByRole('heading', { name: 'Prodej', level: 1 })).toBeVisible();
  await expect(page.getByText(channels.field.secret_stored)).toHaveCount(2);

  await page.getByRole('link', { name: channels.tab.messaging, exact: true }).click();
  await field(channels.field.phone_number).fill('+420 800 555 011');
  await field(channels.field.phone_number_id).fill('not a number');
  await field(channels.field.destination).selectOption('201 Jana Nováková');
  await save.click();
  await expect(page.getByText(common.problem.not_numeric)).toBeVisible();

  await field(channels.field.phone_number).fill('+420 800 555 011');
  await field(channels.field.phone_number_id).fill('300000000000002');
  await field(channels.field.destination).selectOption('201 Jana Nováková');
  await save.click();
  await expect(page.getByText(common.badge.waiting_for_meta, { exact: true })).toBeVisible();
  await expect(field(channels.field.phone_number_id)).toHaveValue('300000000000002');
});

test('a session is picked up and answered', async ({ world, person }) => {
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  await world.sessionOf(karel);
  const page = await person('jana');
  const chat = page.getByRole('log', { name: inbox.thread.messages });
  await page.goto('/inbox?tab=waiting');
  await page.getByRole('link', { name: 'Karel Dvořák' }).click();
  await expect(chat).toContainText('Dobrý den');
  await page.getByRole('button', { name: inbox.thread.pick_up }).first().click();
  await page.getByLabel(inbox.composer.label, { exact: true }).fill('Už to řeším.');
  const hidden = (name: string) => page.locator(`form.composer input[name="${name}"]`).inputValue();
  const sent = { session: await hidden('session'), key: await hidden('key'), body: 'Už to řeším.' };
  await page.getByRole('button', { name: inbox.composer.send }).click();
  await expect(chat).toContainText('Už to řeším.');
  // On a double click a browser may post the form twice: that is one message all the same.
  expect((await page.request.post('/rpc/inbox/send', { form: sent })).ok()).toBe(true);
  await expect.poll(() => world.simulator.accepted()).toEqual(['Už to řeším.']);
  await expect
    .poll(async () => {
      await page.reload();
      return chat.getByTitle(inbox.status.delivered, { exact: true }).count();
    })
    .toBe(1);
  expect(await world.simulator.accepted()).toEqual(['Už to řeším.']);
});

test('closing asks first', async ({ world, person }) => {
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  const page = await person('jana');
  const close = page.getByRole('button', { name: inbox.thread.close, exact: true });
  const dialog = page.getByRole('dialog', { name: inbox.confirm.title });
  await page.goto(`/inbox/${id}?tab=mine`);
  await expect(dialog).toBeHidden();
  await close.click();
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: inbox.confirm.no }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel(inbox.composer.label, { exact: true })).toBeEditable();
  await close.click();
  await dialog.getByRole('button', { name: inbox.confirm.yes }).click();
  await expect(page.getByText(inbox.composer.closed)).toBeVisible();
  await expect(close).toHaveCount(0);
});

test('a supervisor takes over and transfers', async ({ world, person }) => {
  await world.addOperator('900', 'Vendula Vedoucí', 'vendula', 'supervisor');
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  const page = await person('vendula');
  const chat = page.getByRole('log', { name: inbox.thread.messages });
  await page.goto(`/inbox/${id}?tab=all`);
  await page.getByRole('button', { name: inbox.thread.take_over, exact: true }).click();
  let dialog = page.getByRole('dialog', { name: inbox.transfer.take_over_title });
  await dialog.getByLabel(inbox.transfer.reason).fill('Jana je nemocná');
  await dialog.getByRole('button', { name: inbox.transfer.take_over }).click();
  await expect(chat).toContainText(filled(inbox.moment.taken_over, { who: 'Vendula Vedoucí' }));
  await expect(chat).toContainText('Jana je nemocná');
  expect((await world.sessionOf(karel)).extension?.number).toBe('900');

  await page.getByRole('button', { name: inbox.thread.transfer, exact: true }).click();
  dialog = page.getByRole('dialog', { name: inbox.transfer.title });
  await dialog.getByLabel(inbox.transfer.to, { exact: true }).selectOption(`202 Petr Svoboda – ${common.presence.offline}`);
  await dialog.getByRole('button', { name: inbox.transfer.transfer }).click();
  await expect(chat).toContainText(
    filled(inbox.moment.transferred, { by: 'Vendula Vedoucí', who: 'Petr Svoboda' }),
  );

  await page.goto('/sessions');
  await page.getByRole('link', { name: '202 Petr Svoboda' }).click();
  await expect(page.getByRole('checkbox', { name: filled(directory.sessions.select, { who: 'Karel Dvořák' }) })).toBeChecked();
  await page.getByLabel(inbox.transfer.to, { exact: true }).selectOption('Podpora');
  await page.getByRole('button', { name: directory.sessions.transfer }).click();
  await expect(page.getByText(filled(directory.sessions.moved, { count: 1 }))).toBeVisible();
  expect((await world.sessionOf(karel)).extension).toBeNull();
});

test('a refused queue and a refused extension keep what was typed', async ({ person }) => {
  const page = await person('admin');
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const save = page.getByRole('button', { name: common.button.save, exact: true });
  const petr = page.getByRole('checkbox', { name: '202 Petr Svoboda' });
  await page.goto('/queues/new');
  await field(directory.queues.name).fill('Podpora');
  await petr.check();
  await page.getByRole('radio', { name: common.pick_up.auto }).check();
  await save.click();
  await expect(page.getByText(common.problem.taken)).toBeVisible();
  await expect(field(directory.queues.name)).toHaveValue('Podpora');
  await expect(petr).toBeChecked();
  await expect(page.getByRole('radio', { name: common.pick_up.auto })).toBeChecked();
  await field(directory.queues.name).fill('Noční');
  await save.click();
  await expect(page.getByRole('row', { name: 'Noční' })).toContainText('Petr Svoboda');
  await page.goto('/queues/new');
  await expect(field(directory.queues.name)).toHaveValue('');

  await page.goto('/extensions/new');
  await field(directory.extensions.number).fill('201');
  await field(directory.extensions.name).fill('Eva Malá');
  await field(directory.extensions.login).fill('eva');
  await field(directory.extensions.password).fill(PASSWORD);
  await page.getByRole('radio', { name: common.role.supervisor }).check();
  await save.click();
  await expect(page.getByText(common.problem.taken)).toBeVisible();
  await expect(field(directory.extensions.name)).toHaveValue('Eva Malá');
  await expect(page.getByRole('radio', { name: common.role.supervisor })).toBeChecked();
  await expect(page.getByText(channels.field.typed)).toBeVisible();
  expect(await page.content()).not.toContain(PASSWORD);
  await field(directory.extensions.number).fill('205');
  await save.click();
  await expect(page.getByRole('row', { name: '205 Eva Malá' })).toContainText('eva');
});

test('what needs a script is not there', async ({ person }) => {
  const page = await person('admin');
  await page.goto('/queues/new');
  await expect(page.getByRole('checkbox', { name: '201 Jana Nováková' })).toBeVisible();
  await expect(page.getByPlaceholder(directory.queues.members_search)).toBeHidden();
});
