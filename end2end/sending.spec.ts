// Replies on their way: what the keyboard sends, and what happens to it while Switchboard cannot be reached.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';
import { PASSWORD } from './support/world.js';

const { auth, common, inbox } = words('en');
const SEND = '**/rpc/inbox/send';
const chat = (page: Page) => page.getByRole('log', { name: inbox.thread.messages });
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
const bubbles = (page: Page) => page.locator('.flow-line.ours .bubble-text');

test('Enter that ends a composition in Safari sends nothing', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  await reply(page).fill('日本');
  // Safari's order: compositionend comes first, then this keydown.
  await reply(page).evaluate((area) => {
    const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, isComposing: false });
    Object.defineProperty(enter, 'keyCode', { get: () => 229 });
    area.dispatchEvent(enter);
  });
  await expect(reply(page)).toHaveValue('日本');
  await reply(page).press('Enter');
  await expect(bubbles(page)).toHaveText(['日本']);
});

test('the list shows a draft until it is sent or emptied', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  const line = page.locator('.row .row-preview');
  await reply(page).fill('Almost done');
  await expect(line).toContainText('Dobrý den');
  await page.keyboard.press('Escape');
  await page.goto('/inbox?tab=mine');
  await expect(line).toHaveText(`${inbox.list.draft}Almost done`);
  await page.locator('a.row').click();
  await expect(reply(page)).toHaveValue('Almost done');
  await expect(line).toContainText('Dobrý den');
  await reply(page).press('Enter');
  await expect(bubbles(page)).toHaveText(['Almost done']);
  await page.goto('/inbox?tab=mine');
  await expect(line).toContainText('Almost done');
  await expect(page.locator('.row-draft')).toHaveCount(0);
});

test('what is written while nothing goes out waits, outlives a reload, and goes out once, in its order', async ({
  world,
  person,
  troubles,
}) => {
  troubles.allow(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
  const page = await person('jana');
  await pickedUp(world, page);
  await page.context().setOffline(true);
  for (const text of ['First', 'Second', 'Third']) {
    await reply(page).fill(text);
    await reply(page).press('Enter');
  }
  await expect(bubbles(page)).toHaveText(['First', 'Second', 'Third']);
  await expect(chat(page).getByTitle(inbox.status.queued)).toHaveCount(3);
  await expect(reply(page)).toHaveValue('');
  await expect(page.getByRole('alert').filter({ hasText: /\S/ })).toHaveCount(0);

  // The first reply arrives, though its answer is lost.
  let lost = 0;
  await page.route(SEND, async (route) => {
    if (lost === 0) await route.fetch();
    lost += 1;
    await route.abort();
  });
  await page.context().setOffline(false);
  await expect.poll(() => lost, { timeout: 20_000 }).toBeGreaterThan(0);
  await page.reload();
  await expect(bubbles(page).last()).toHaveText('Third');
  expect(await world.simulator.accepted()).toEqual(['First']);

  await page.unroute(SEND);
  await expect.poll(() => world.simulator.accepted(), { timeout: 20_000 }).toEqual(['First', 'Second', 'Third']);
  await expect(bubbles(page)).toHaveText(['First', 'Second', 'Third']);
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toHaveCount(3);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('outbox.')))).toEqual([]);
});

test('what waits goes out under the name of its writer only, when they are back', async ({
  world,
  person,
  troubles,
}) => {
  troubles.allow(/ERR_FAILED|ERR_INTERNET_DISCONNECTED|401|409/);
  await world.addOperator('900', 'Vendula Vedoucí', 'vendula', 'supervisor');
  const page = await person('jana');
  const { id } = await pickedUp(world, page);
  const kept = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('outbox.')).length);
  await page.context().setOffline(true);
  await reply(page).fill('From Jana');
  await reply(page).press('Enter');
  await expect(bubbles(page)).toHaveText(['From Jana']);
  await reply(page).fill('Half a rep');

  // In another tab of this browser somebody else logs in.
  await page.request.post('/rpc/auth/log-out', { form: {} });
  await page.request.post('/rpc/auth/log-in', { form: { login: 'vendula', password: PASSWORD } });
  await page.context().setOffline(false);
  await expect(page.locator('header.bar').getByText('Vendula Vedoucí').first()).toBeAttached({ timeout: 40_000 });
  await expect(bubbles(page)).toHaveCount(0);
  await expect(page.locator('#composer-text')).toHaveValue('');
  expect(await world.simulator.accepted()).toEqual([]);
  expect(await kept()).toBe(1);

  await page.request.post('/rpc/auth/log-out', { form: {} });
  await page.request.post('/rpc/auth/log-in', { form: { login: 'jana', password: PASSWORD } });
  await visit(page, `/inbox/${id}`);
  await expect.poll(() => world.simulator.accepted(), { timeout: 20_000 }).toEqual(['From Jana']);
  await expect.poll(kept).toBe(0);
  await expect(reply(page)).toHaveValue('Half a rep');
});

test('what was typed is shown to nobody else in this browser', async ({ world, person, troubles }) => {
  troubles.allow(/404/);
  await world.addOperator('900', 'Vendula Vedoucí', 'vendula', 'supervisor');
  const page = await person('jana');
  const { id } = await pickedUp(world, page);
  await reply(page).fill('Half a rep');
  const becomes = async (login: string) => {
    await page.goto('about:blank');
    await page.request.post('/rpc/auth/log-out', { form: {} });
    await page.request.post('/rpc/auth/log-in', { form: { login, password: PASSWORD } });
  };

  await becomes('vendula');
  await visit(page, `/inbox/${id}?tab=all`);
  await page.getByRole('button', { name: inbox.thread.take_over, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: inbox.transfer.take_over_title });
  await dialog.getByLabel(inbox.transfer.reason).fill('Spěchá to');
  await dialog.getByRole('button', { name: inbox.transfer.take_over }).click();
  await expect(reply(page)).toBeEditable();
  await expect(reply(page)).toHaveValue('');
  await reply(page).fill('Of Vendula');

  await becomes('jana');
  await visit(page, `/inbox/${id}`);
  const kept = page.getByRole('figure', { name: inbox.composer.draft_kept });
  await expect(kept).toContainText('Half a rep');
  await expect(kept).not.toContainText('Of Vendula');
});

test('a reply over which the process breaks holds no other session, and can be tried again or taken back', async ({
  world,
  person,
  troubles,
}) => {
  troubles.allow(/500/);
  const page = await person('jana');
  const { id } = await pickedUp(world, page);
  const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
  await world.simulator.says(eva, 'Haló?');
  const other = (await world.sessionOf(eva)).id;
  await world.api('POST', `sessions/${other}/pick-up`, { extension: '201' });
  const broken = { Internal: { reference: 'journey' } };
  await page.route(SEND, async (route) => {
    if (route.request().postData()?.includes('Broken')) await route.fulfill({ status: 500, json: broken });
    else await route.continue();
  });
  for (const text of ['Broken', 'Behind it']) {
    await reply(page).fill(text);
    await reply(page).press('Enter');
  }
  await page.getByRole('link', { name: 'Eva Malá' }).click();
  await expect(chat(page)).toContainText('Haló?');
  await reply(page).fill('Elsewhere');
  await reply(page).press('Enter');
  await expect.poll(() => world.simulator.accepted()).toEqual(['Elsewhere']);

  await page.getByRole('link', { name: 'Karel Dvořák' }).click();
  await expect(page).toHaveURL(new RegExp(id));
  await expect(chat(page).getByText(inbox.bubble.stuck)).toBeVisible({ timeout: 30_000 });
  expect(await world.simulator.accepted()).toEqual(['Elsewhere']);
  await chat(page).getByRole('button', { name: inbox.bubble.retry }).click();
  await expect(chat(page).getByText(inbox.bubble.stuck)).toBeVisible();
  // Taken back, the reply is in the field, and those behind it are sent.
  await chat(page).getByRole('button', { name: inbox.bubble.take_back }).click();
  await expect(reply(page)).toHaveValue('Broken');
  await expect.poll(() => world.simulator.accepted()).toEqual(['Elsewhere', 'Behind it']);
});

test('what is refused comes back into the field with the reason', async ({ world, person, troubles }) => {
  troubles.allow(/409|ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  const page = await person('jana');
  const { id } = await pickedUp(world, page);
  await page.context().setOffline(true);
  await reply(page).fill('Too late');
  await reply(page).press('Enter');
  await expect(bubbles(page)).toHaveText(['Too late']);
  await world.api('POST', `sessions/${id}/close`);
  await page.context().setOffline(false);
  await expect(bubbles(page)).toHaveCount(0, { timeout: 20_000 });
  await expect(reply(page)).toHaveValue('Too late');
  await expect(page.getByRole('alert').filter({ hasText: inbox.composer.closed })).toBeVisible();
});

test('what is written before it is known who writes waits for that, and is not lost when it is refused', async ({
  world,
  person,
  troubles,
}) => {
  troubles.allow(/409/);
  const page = await person('jana');
  const { id } = await pickedUp(world, page);
  // Nothing that the page still asks for is refused.
  await page.goto('about:blank');
  await page.request.post('/rpc/auth/log-out', { form: {} });
  let tell = () => {};
  const told = new Promise<void>((resolve) => (tell = resolve));
  await page.route('**/rpc/auth/me', async (route) => {
    await told;
    await route.continue();
  });
  await page.goto(`/login?next=/inbox/${id}`);
  // The button is there as soon as the page is live.
  await expect(page.getByRole('button', { name: common.button.reveal })).toBeVisible();
  await page.getByLabel(auth.login, { exact: true }).fill('jana');
  await page.getByLabel(auth.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: auth.log_in }).click();
  await expect(reply(page)).toBeEditable();
  await world.api('POST', `sessions/${id}/close`);
  await reply(page).fill('Too early');
  await reply(page).press('Enter');
  await expect(bubbles(page)).toHaveText(['Too early']);
  tell();
  await expect(reply(page)).toHaveValue('Too early');
  await expect(bubbles(page)).toHaveCount(0);
});

test('in a closed session nothing offers to be tried again', async ({ world, person }) => {
  const page = await person('jana');
  const { id } = await pickedUp(world, page);
  await world.simulator.fault({ target: 'send', kind: 'error_code', code: 131026, http: 400 });
  await reply(page).fill('Posílám fakturu.');
  await reply(page).press('Enter');
  const again = chat(page).getByRole('button', { name: inbox.bubble.retry });
  await expect(again).toBeVisible();
  await world.api('POST', `sessions/${id}/close`);
  await expect(page.getByText(inbox.composer.closed)).toBeVisible();
  await expect(again).toHaveCount(0);
  await expect(chat(page).getByTitle(inbox.status.failed)).toBeVisible();
});

test('an emoji alone is large, addresses and numbers are links, and no text turns what is around it', async ({
  world,
  person,
}) => {
  const page = await person('jana');
  await pickedUp(world, page, '👍');
  const karel = { id: 0, name: 'Karel Dvořák' };
  const { customers } = (await (await fetch(`${world.simulator.url}simulator/api/state`)).json()) as {
    customers: { id: number; name: string }[];
  };
  karel.id = customers.find((customer) => customer.name === karel.name)?.id ?? 0;
  await world.simulator.says(karel, 'Pište na eva@example.com nebo +420 777 123 456.');
  await world.simulator.says(karel, '\u202Egnp.exe');
  const text = (shown: string | RegExp) => chat(page).locator('.bubble-text').filter({ hasText: shown });
  const size = (shown: string) => text(shown).evaluate((bubble) => parseFloat(getComputedStyle(bubble).fontSize));
  await expect(text('gnp.exe')).toBeVisible();
  expect(await size('👍')).toBeGreaterThan(2 * (await size('Pište')));
  await expect(text('Pište').getByRole('link')).toHaveText(['eva@example.com', '+420 777 123 456']);
  await expect(text('Pište').getByRole('link', { name: '+420' })).toHaveAttribute('href', 'tel:+420777123456');
  const bidi = await text('gnp.exe').evaluate((bubble) => getComputedStyle(bubble).unicodeBidi);
  expect(['isolate', 'plaintext', 'isolate-override']).toContain(bidi);
});
