// Live updates: one stream per browser, and what happens to it when tabs, users and servers come and go.

import type { BrowserContext, Page } from '@playwright/test';
import { expect, expectSameDocument, mark, test, visit } from './support/test.js';
import { filled, words } from './support/words.js';
import { PASSWORD, type World } from './support/world.js';

const { auth, channels, common, inbox } = words('en');
const row = (page: Page, name: string) =>
  page.getByRole('region', { name: inbox.list.label }).getByRole('link', { name });
const offline = (page: Page) => page.getByText(common.live.offline);
const again = (page: Page) => page.getByText(common.live.again);

/** The pages of this browser that have a stream open. */
function listening(context: BrowserContext): Page[] {
  const open: Page[] = [];
  const isStream = (url: string) => new URL(url).pathname === '/events';
  context.on('request', (request) => {
    if (isStream(request.url())) open.push(request.frame().page());
  });
  const over = (request: { url: () => string; frame: () => { page: () => Page } }) => {
    if (isStream(request.url())) open.splice(open.indexOf(request.frame().page()), 1);
  };
  context.on('requestfinished', over).on('requestfailed', over);
  return open;
}

let number = 420800555300;
async function writes(world: World, name: string): Promise<void> {
  await world.simulator.says(await world.simulator.addCustomer(name, String(++number)), 'Dobrý den');
}

test('seven tabs share one stream over HTTP/1.1, and hand it over', async ({ world, person }) => {
  const first = await person('jana');
  const open = listening(first.context());
  await visit(first, '/inbox?tab=waiting');
  const tabs = [first];
  while (tabs.length < 7) {
    const tab = await first.context().newPage();
    await tab.goto('/inbox?tab=waiting');
    tabs.push(tab);
  }
  // A browser has six connections to a host.
  const answer = first.evaluate(() => fetch('/healthz').then((answer) => answer.status));
  expect(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 5_000))])).toBe(200);
  await writes(world, 'Karel Dvořák');
  for (const tab of tabs) await expect(row(tab, 'Karel Dvořák')).toBeVisible();
  expect(open).toEqual([first]);

  await tabs.shift()?.close();
  await expect.poll(() => open.filter((page) => page !== first).length).toBe(1);
  await writes(world, 'Eva Malá');
  for (const tab of tabs) await expect(row(tab, 'Eva Malá')).toBeVisible();
});

test('what customers write and read comes without a request', async ({ world, person }) => {
  const page = await person('jana');
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  await world.api('POST', `sessions/${id}/read`);
  await world.api('POST', `sessions/${id}/messages`, { type: 'text', text: { body: 'Moment' } });
  type Messages = { items: { status: string }[] };
  const status = async () => (await world.api<Messages>('GET', `sessions/${id}/messages`)).items.at(-1)?.status;
  await expect.poll(status).toBe('delivered');
  const asked: string[] = [];
  await visit(page, `/inbox/${id}`);
  page.on('request', (request) => {
    if (request.url().includes('/rpc/')) asked.push(new URL(request.url()).pathname);
  });
  const chat = page.getByRole('log', { name: inbox.thread.messages });
  await expect(chat.getByTitle(inbox.status.delivered)).toBeVisible();
  await world.simulator.says(karel, 'Ještě něco');
  await expect(chat).toContainText('Ještě něco');
  await expect.poll(async () => (await world.sessionOf(karel)).unread).toBe(0);
  await world.simulator.reads(karel);
  await expect(chat.getByTitle(inbox.status.read, { exact: true })).toBeVisible();
  // Only that it was on the screen is told.
  expect(asked.filter((path) => !path.endsWith('/inbox/mark-read'))).toEqual([]);
});

test('where tabs cannot speak with each other, each has its own stream', async ({ world, person }) => {
  const first = await person('jana');
  await first.context().addInitScript(() => Reflect.deleteProperty(window, 'BroadcastChannel'));
  const second = await first.context().newPage();
  await visit(first, '/inbox?tab=waiting');
  await visit(second, '/inbox?tab=waiting');
  await writes(world, 'Karel Dvořák');
  for (const tab of [first, second]) await expect(row(tab, 'Karel Dvořák')).toBeVisible();
});

test('a server that hangs is noticed within twenty seconds, and that it is back is said', async ({ world, person }) => {
  test.setTimeout(120_000);
  const first = await person('jana');
  await visit(first, '/inbox?tab=waiting');
  const second = await first.context().newPage();
  await second.goto('/inbox?tab=waiting');
  await expect(second.getByRole('heading', { name: inbox.empty.waiting_title })).toBeVisible();
  await mark(first);
  await world.whileItHangs(async () => {
    for (const tab of [first, second]) await expect(offline(tab)).toBeVisible({ timeout: 20_000 });
  });
  await writes(world, 'Karel Dvořák');
  for (const tab of [first, second]) {
    await expect(again(tab)).toBeVisible({ timeout: 30_000 });
    await expect(offline(tab)).toBeHidden();
    await expect(row(tab, 'Karel Dvořák')).toBeVisible();
  }
  await expectSameDocument(first);
});

test('a network that was away is tried at once when it is back', async ({ world, person, troubles }) => {
  troubles.allow(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/);
  const page = await person('jana');
  await visit(page, '/inbox?tab=waiting');
  // It listens.
  await writes(world, 'Eva Malá');
  await expect(row(page, 'Eva Malá')).toBeVisible();
  await page.context().setOffline(true);
  await expect(offline(page)).toBeVisible();
  await writes(world, 'Karel Dvořák');
  await page.context().setOffline(false);
  await expect(again(page)).toBeVisible({ timeout: 5_000 });
  await expect(row(page, 'Karel Dvořák')).toBeVisible();
});

test('who logs in as somebody else in one tab is that person in all', async ({ world, person }) => {
  await world.addOperator('203', 'Eva Nová', 'eva');
  await world.addQueue('Prodej', ['203'], 'manual');
  const first = await person('jana');
  await visit(first, '/inbox?tab=waiting');
  const second = await first.context().newPage();
  await second.goto('/inbox?tab=waiting');
  await writes(world, 'Karel Dvořák');
  for (const tab of [first, second]) await expect(row(tab, 'Karel Dvořák')).toBeVisible();

  const answer = await first.request.post('/rpc/auth/log-in', { form: { login: 'eva', password: PASSWORD } });
  expect(answer.ok()).toBe(true);
  for (const tab of [first, second]) {
    await expect(tab.getByText(filled(common.live.another, { name: 'Eva Nová' }))).toBeVisible({ timeout: 15_000 });
    await expect(tab.getByLabel(filled(common.frame.person, { name: 'Eva Nová' }))).toBeVisible();
    // Eva is in another queue.
    await expect(row(tab, 'Karel Dvořák')).toBeHidden();
  }
});

test.describe('when the log-in ends while the page is open', () => {
  test('the way leads to the log-in and back', async ({ person, troubles }) => {
    troubles.allow(/401/);
    const page = await person('jana');
    await visit(page, '/inbox?tab=all');
    await page.request.post('/rpc/auth/log-out');
    await expect(page).toHaveURL(/\/login\?next=/, { timeout: 15_000 });
    await page.getByLabel(auth.login).fill('jana');
    await page.getByLabel(auth.password).fill(PASSWORD);
    await page.getByRole('button', { name: auth.log_in }).click();
    await expect(page).toHaveURL(/\/inbox\?tab=all$/);
  });

  test('what somebody is typing stays', async ({ world, person, troubles }) => {
    troubles.allow(/401/);
    const page = await person('admin');
    await visit(page, `/channels/${world.channel?.id}`);
    const name = page.getByLabel(channels.field.name, { exact: true });
    await name.fill('Podpora pro všechny');
    await page.request.post('/rpc/auth/log-out');
    await expect(page.getByText(common.live.signed_out)).toBeVisible({ timeout: 15_000 });
    await expect(name).toHaveValue('Podpora pro všechny');

    const opened = page.waitForEvent('popup');
    await page.getByRole('link', { name: common.live.log_in }).click();
    const tab = await opened;
    await tab.getByLabel(auth.login).fill('admin');
    await tab.getByLabel(auth.password).fill(PASSWORD);
    await tab.getByRole('button', { name: auth.log_in }).click();
    await expect(tab).toHaveURL(/\/inbox/);
    await page.bringToFront();
    await expect(page.getByText(common.live.signed_out)).toBeHidden({ timeout: 40_000 });
    await expect(name).toHaveValue('Podpora pro všechny');
  });
});
