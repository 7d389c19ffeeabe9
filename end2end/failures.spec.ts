// Failures: a brief outage of Meta, a refusal by Meta, and Switchboard itself being down.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, expectSameDocument, mark, test } from './support/test.js';
import { words } from './support/words.js';

const { common, inbox } = words('en');
const chat = (page: Page) => page.getByRole('log', { name: inbox.thread.messages });
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
const row = (page: Page, name: string) =>
  page.getByRole('region', { name: inbox.list.label }).getByRole('link', { name });

test('a hiccup of Meta’s passes by itself', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  await world.simulator.fault({ target: 'send', kind: 'error_code', code: 130429, http: 400 });
  await reply(page).fill('Už to řeším.');
  await reply(page).press('Enter');
  await expect(chat(page).getByTitle(inbox.status.queued)).toBeVisible();
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
  expect(await world.simulator.accepted()).toEqual(['Už to řeším.']);
});

test('a gateway that gave up although Meta had accepted makes no second message', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  await world.simulator.fault({ target: 'send', kind: 'accept_then_page', code: 504, body: '<h1>Time-out</h1>' });
  await reply(page).fill('Už to řeším.');
  await reply(page).press('Enter');
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
  expect(await world.simulator.accepted()).toEqual(['Už to řeším.']);
});

test('who writes is told before that the channel is paused, and what a message waits for', async ({ world, person }) => {
  const [page, admin] = [await person('jana'), await person('admin')];
  await pickedUp(world, page);
  await expect(page.getByText(inbox.composer.paused)).toBeHidden();
  const id = world.channel?.id ?? '';
  expect((await admin.request.post('/rpc/channels/pause', { form: { id } })).ok()).toBe(true);
  await expect(page.getByText(inbox.composer.paused)).toBeVisible();
  await reply(page).fill('Odejde později.');
  await reply(page).press('Enter');
  await expect(chat(page)).toContainText(inbox.waits.paused);
  expect(await world.simulator.accepted()).toEqual([]);
  expect((await admin.request.post('/rpc/channels/resume', { form: { id } })).ok()).toBe(true);
  await expect(page.getByText(inbox.composer.paused)).toBeHidden();
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
  await expect(chat(page)).not.toContainText(inbox.waits.paused);
});

test('a closed session offers no retry', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  await world.simulator.fault({ target: 'send', kind: 'error_code', code: 131026, http: 400 });
  await reply(page).fill('Posílám fakturu.');
  await reply(page).press('Enter');
  const retry = chat(page).getByRole('button', { name: inbox.bubble.retry });
  await expect(retry).toBeVisible();
  await page.getByRole('button', { name: inbox.thread.close, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: inbox.confirm.yes }).click();
  await expect(page.getByText(inbox.composer.closed)).toBeVisible();
  await expect(chat(page)).toContainText(inbox.failure.unreachable);
  await expect(retry).toHaveCount(0);
});

test('a refusal is told in plain words, and a retry is a new attempt', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  await world.simulator.fault({ target: 'send', kind: 'error_code', code: 131026, http: 400 });
  await reply(page).fill('Posílám fakturu.');
  await reply(page).press('Enter');
  await expect(chat(page).getByTitle(inbox.status.failed)).toBeVisible();
  await expect(chat(page)).toContainText(inbox.failure.unreachable);
  // Meta's own words, for whoever asks its support.
  await expect(chat(page).getByText('131026')).toBeHidden();
  await chat(page).getByText(common.details).click();
  await expect(chat(page).getByText('131026')).toBeVisible();
  await expect(chat(page).getByText('fbtrace_id')).toBeVisible();
  expect(await world.simulator.accepted()).toEqual([]);

  await chat(page).getByRole('button', { name: inbox.bubble.retry }).click();
  await expect(chat(page)).toContainText(inbox.bubble.again);
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
  // The first attempt stays failed.
  await expect(chat(page).getByTitle(inbox.status.failed)).toBeVisible();
  expect(await world.simulator.accepted()).toEqual(['Posílám fakturu.']);
});

test('Meta closes the service window, and the customer opens it again', async ({ world, person }) => {
  const page = await person('jana');
  const { karel } = await pickedUp(world, page);
  await world.simulator.fault({ target: 'send', kind: 'error_code', code: 131047, http: 400 });
  await reply(page).fill('Posílám fakturu.');
  await reply(page).press('Enter');
  await expect(chat(page)).toContainText(inbox.failure.window_closed);
  await expect(page.getByText(common.refusal.window_closed)).toBeVisible();
  await expect(reply(page)).not.toBeEditable();

  await world.simulator.says(karel, 'Prosím o fakturu.');
  await expect(reply(page)).toBeEditable();
  await reply(page).fill('Tady je.');
  await reply(page).press('Enter');
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
  expect(await world.simulator.accepted()).toEqual(['Tady je.']);
});

test('while Switchboard is away nothing is lost, and afterwards everything is there', async ({
  world,
  person,
  troubles,
}) => {
  troubles.allow(/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE/);
  const page = await person('jana');
  await pickedUp(world, page);
  await page.getByRole('navigation', { name: inbox.list.tabs }).getByRole('link', { name: inbox.list.all }).click();
  await mark(page);

  await world.stopServer();
  await expect(page.getByText(common.live.offline)).toBeVisible();
  const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
  await world.simulator.says(eva, 'Máte dnes otevřeno?');
  await reply(page).fill('Balík dorazí zítra.');
  await reply(page).press('Enter');
  // It waits, and says so with a clock.
  await expect(chat(page)).toContainText('Balík dorazí zítra.');
  await expect(chat(page).getByTitle(inbox.status.queued)).toBeVisible();
  await expect(reply(page)).toHaveValue('');

  await world.startServerAgain();
  await expect(page.getByText(common.live.offline)).toBeHidden({ timeout: 20_000 });
  await expect(page.getByText(common.live.again)).toBeVisible();
  await expect(row(page, 'Eva Malá')).toContainText('Máte dnes otevřeno?', { timeout: 20_000 });
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible({ timeout: 20_000 });
  expect(await world.simulator.accepted()).toEqual(['Balík dorazí zítra.']);
  await expectSameDocument(page);
});

test('an address of nothing says so, and leads back', async ({ person, troubles }) => {
  troubles.allow(/404/);
  const page = await person('admin');
  for (const path of ['/channels/x', '/queues/x', '/extensions/x', '/inbox/x']) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page, path).toHaveTitle(/^.+ · Switchboard$/);
    await expect(page.getByRole('heading', { name: common.trouble.not_found }), path).toBeVisible();
  }
  await page.getByRole('link', { name: inbox.thread.gone_button }).click();
  await expect(page).toHaveURL(/\/inbox\?tab=mine$/);
});
