// What the inbox's list says, and to whom.

import type { Page } from '@playwright/test';
import { createHmac } from 'node:crypto';
import { EXAMPLE } from './support/simulator.js';
import { expect, test, visit } from './support/test.js';
import { beginning, filled, words } from './support/words.js';
import type { Channel } from './support/world.js';

const { common, inbox } = words('en');

const list = (page: Page) => page.getByRole('region', { name: inbox.list.label });
const row = (page: Page, name: string) => list(page).getByRole('link', { name });
const tab = (page: Page, name: string) =>
  page.getByRole('navigation', { name: inbox.list.tabs }).getByRole('link', { name });

const OTHER_NUMBER = '300000000000011';

/** A message to a number that the simulator does not have. */
async function delivered(channel: Channel, numberId: string, name: string, from: string): Promise<void> {
  const message = { from, id: `wamid.${from}`, timestamp: String(Math.floor(Date.now() / 1000)), type: 'text', text: { body: 'Dobrý den' } };
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '420800555011', phone_number_id: numberId },
    contacts: [{ profile: { name }, wa_id: from }],
    messages: [message],
  };
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: EXAMPLE.waba, changes: [{ field: 'messages', value }] }],
  });
  const signature = createHmac('sha256', EXAMPLE.appSecret).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
  const answer = await fetch(channel.webhook_url, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
}

/** What a browser's page translation does to every text node. */
async function translate(page: Page): Promise<void> {
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) {
      if (walker.currentNode instanceof Text && walker.currentNode.data.trim()) texts.push(walker.currentNode);
    }
    for (const text of texts) {
      const [outer, inner] = [document.createElement('font'), document.createElement('font')];
      inner.textContent = `«${text.data}»`;
      outer.append(inner);
      text.parentNode?.replaceChild(outer, text);
    }
  });
}

test('a translated page goes on being live', async ({ world, person }) => {
  const { simulator } = world;
  const karel = await simulator.addCustomer('Karel Dvořák', '420800555201');
  const eva = await simulator.addCustomer('Eva Malá', '420800555202');
  await simulator.says(karel, 'První zpráva');
  await world.sessionOf(karel);
  const page = await person('jana');
  await visit(page, '/inbox?tab=waiting');
  await expect(row(page, 'Karel Dvořák')).toBeVisible();
  // Texts that change in place opt out of translation.
  for (const live of ['.row-name', '.row-text', '.row time', '.row-unread', '.inbox-tab-count']) {
    expect(await page.locator(live).first().evaluate((element) => !(element as HTMLElement).translate || !!element.querySelector('[translate="no"]')), live).toBe(true);
  }
  await translate(page);

  await simulator.says(karel, 'Druhá zpráva');
  await expect(list(page).getByText('Druhá zpráva', { exact: true })).toBeVisible();
  await expect(list(page).getByText('První zpráva')).toHaveCount(0);
  await expect(list(page).getByRole('listitem').first()).toContainText(filled(inbox.list.unread, { count: 2 }));
  await simulator.says(eva, 'Dobrý den');
  await expect(row(page, 'Eva Malá')).toBeVisible();
  await expect(tab(page, inbox.list.waiting)).toContainText('2');
  await expect(tab(page, inbox.list.waiting)).not.toContainText('«1»');
});

test('a translated thread goes on being live', async ({ world, person }) => {
  const { simulator } = world;
  const karel = await simulator.addCustomer('Karel Dvořák', '420800555201');
  await simulator.says(karel, 'První zpráva');
  const { id } = await world.sessionOf(karel);
  const page = await person('admin');
  await visit(page, `/inbox/${id}?tab=all`);
  const said = page.locator('.inbox-thread > .sr-only[role="status"]');
  const details = page.getByRole('complementary', { name: inbox.thread.details });
  await simulator.says(karel, 'Druhá zpráva');
  await expect(said).toHaveText(filled(inbox.thread.from, { who: 'Karel Dvořák', text: 'Druhá zpráva' }));
  await translate(page);

  await simulator.says(karel, 'Třetí zpráva');
  await expect(said).toHaveText(filled(inbox.thread.from, { who: 'Karel Dvořák', text: 'Třetí zpráva' }));
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  await expect(details.getByText('201 Jana Nováková', { exact: true })).toBeVisible();
});

test('the title counts sessions, a preview has no marks', async ({ world, person }) => {
  const { simulator } = world;
  const karel = await simulator.addCustomer('Karel Dvořák', '420800555201');
  for (const text of ['Dobrý den', 'kde je balík', 'objednávka *20388*, _spěchá_']) await simulator.says(karel, text);
  await world.sessionOf(karel);
  const page = await person('jana');
  await visit(page, '/inbox?tab=waiting');
  await expect(row(page, 'Karel Dvořák')).toContainText('objednávka 20388, spěchá');
  await expect(row(page, 'Karel Dvořák')).toContainText(filled(inbox.list.unread, { count: 3 }));
  await expect(page).toHaveTitle(beginning(`(1) ${inbox.title}`));
  await expect(page.locator('link[rel=icon]')).toHaveAttribute('href', '/favicon-unread.svg');
});

test('a row says how long one waits, and where when there are several places', async ({ world, person }) => {
  const { simulator } = world;
  const karel = await simulator.addCustomer('Karel Dvořák', '420800555201');
  await simulator.says(karel, 'Dobrý den');
  await world.sessionOf(karel);
  const page = await person('admin');
  await visit(page, '/inbox?tab=waiting');
  await expect(row(page, 'Karel Dvořák')).toContainText(new RegExp(`${inbox.list.waits} \\d+ min`));
  await expect(row(page, 'Karel Dvořák')).not.toContainText('Podpora');

  // Another number of the company's, with a queue of its own.
  const sales = await world.addQueue('Prodej', ['202'], 'manual');
  const channel = await world.addChannel('Prodej WhatsApp', '+420 800 555 011', OTHER_NUMBER, { type: 'queue', id: sales });
  await delivered(channel, OTHER_NUMBER, 'Eva Malá', '420800555202');
  await expect(row(page, 'Eva Malá')).toContainText('Prodej WhatsApp · Prodej');
  await expect(row(page, 'Karel Dvořák')).toContainText('Podpora WhatsApp · Podpora');
});

test.describe('where an answer picks up', () => {
  test.use({ furnished: 'auto' });

  test('the first answer moves the row to Mine', async ({ world, person }) => {
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'Dobrý den');
    const { id } = await world.sessionOf(karel);
    const page = await person('jana');
    await visit(page, `/inbox/${id}?tab=waiting`);
    const reply = page.getByLabel(inbox.composer.label, { exact: true });
    await reply.fill('Dobrý den, hned se podívám.');
    await reply.press('Enter');
    await expect(tab(page, inbox.list.mine)).toHaveAttribute('aria-current', 'page');
    await expect(row(page, 'Karel Dvořák')).toHaveAttribute('aria-current', 'page');
    await expect(page.getByRole('log', { name: inbox.thread.messages })).toContainText('hned se podívám');
    expect(new URL(page.url()).pathname).toBe(`/inbox/${id}`);
  });
});

test('an administrator without an extension is told why, and closes nothing by accident', async ({ world, person }) => {
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  const { id } = await world.sessionOf(karel);
  const page = await person('admin');
  await visit(page, `/inbox/${id}?tab=waiting`);
  await expect(page.getByText(inbox.composer.no_extension)).toBeVisible();
  await expect(page.getByRole('button', { name: inbox.thread.pick_up })).toHaveCount(0);
  await expect(page.getByRole('button', { name: inbox.thread.close, exact: true })).toHaveCount(0);
  await page.keyboard.press('e');
  await expect(page.getByRole('dialog', { name: inbox.confirm.title })).toBeHidden();
  // The rail says what the places below belong to.
  await expect(page.getByRole('navigation', { name: common.nav.label }).getByText(common.nav.omnichannel)).toBeInViewport({ ratio: 1 });
});

test('a name that turns the text, or cannot be seen', async ({ world, person }) => {
  const turning = await world.simulator.addCustomer('Eva \u202egpj.exe', '420800555201');
  const unseen = await world.simulator.addCustomer('\u3164', '420800555202');
  await world.simulator.says(turning, 'Dobrý den');
  await world.simulator.says(unseen, 'Dobrý den');
  const page = await person('jana');
  await visit(page, '/inbox?tab=waiting');
  await expect(list(page).getByRole('listitem')).toHaveCount(2);
  await expect(row(page, 'Eva gpj.exe')).toBeVisible();
  await expect(row(page, '+420800555202')).toBeVisible();
  expect(await page.content()).not.toContain('\u202e');
});

test('letters can be switched off, and stay off', async ({ world, person }) => {
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  await world.sessionOf(karel);
  const page = await person('jana');
  const heading = page.getByRole('heading', { level: 2, name: 'Karel Dvořák' });
  const help = page.getByRole('dialog', { name: inbox.keys.title });
  const letters = help.getByRole('checkbox', { name: inbox.keys.letters });
  await visit(page, '/inbox?tab=waiting');
  await page.getByRole('button', { name: inbox.keys.title }).click();
  await expect(letters).toBeChecked();
  await letters.uncheck();
  await help.getByRole('button', { name: inbox.keys.done }).click();
  await expect(help).toBeHidden();
  for (const load of [false, true]) {
    if (load) await visit(page, '/inbox?tab=waiting');
    for (const key of ['j', '?', '/']) await page.keyboard.press(key);
    await expect(help).toBeHidden();
    await expect(heading).toBeHidden();
    await expect(page.getByRole('searchbox', { name: inbox.list.search })).not.toBeFocused();
  }
  await page.getByRole('button', { name: inbox.keys.title }).click();
  await expect(letters).not.toBeChecked();
  await letters.check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await expect(heading).toBeVisible();
});

test('an action gets another key, and stays there', async ({ world, person }) => {
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  const { id } = await world.sessionOf(karel);
  const page = await person('jana');
  const help = page.getByRole('dialog', { name: inbox.keys.title });
  const key = (what: string) => help.getByRole('button', { name: filled(inbox.keys.change, { what }) });
  await visit(page, `/inbox/${id}?tab=waiting`);
  await page.keyboard.press('?');
  await key(inbox.keys.pick_up).click();
  await expect(key(inbox.keys.pick_up)).toHaveText(inbox.keys.press);
  await page.keyboard.press('Escape');
  await expect(key(inbox.keys.pick_up)).toHaveText('P');
  await expect(help).toBeVisible();
  await key(inbox.keys.pick_up).press('Enter');
  await page.keyboard.press('Control+x');
  await page.keyboard.press('x');
  await expect(key(inbox.keys.pick_up)).toHaveText('X');
  // Two actions never have one key.
  await key(inbox.keys.close).click();
  await page.keyboard.press('X');
  await expect(key(inbox.keys.close)).toHaveText('X');
  await expect(key(inbox.keys.pick_up)).toHaveText('E');
  await help.getByRole('button', { name: inbox.keys.done }).click();
  await visit(page, `/inbox/${id}?tab=waiting`);
  await page.keyboard.press('p');
  await expect(page.getByRole('button', { name: inbox.thread.pick_up }).first()).toBeVisible();
  await page.keyboard.press('e');
  await expect(page).toHaveURL(/tab=mine/);
  // The focus is in the reply now, where a key is a letter.
  await page.getByRole('button', { name: inbox.keys.title }).click();
  await help.getByRole('button', { name: inbox.keys.usual }).click();
  await expect(key(inbox.keys.pick_up)).toHaveText('P');
});

test('a list of the unread keeps what is open, and forgets it afterwards', async ({ world, person }) => {
  const { simulator } = world;
  const karel = await simulator.addCustomer('Karel Dvořák', '420800555201');
  const eva = await simulator.addCustomer('Eva Malá', '420800555202');
  await simulator.says(karel, 'Dobrý den');
  await simulator.says(eva, 'Dobrý večer');
  await world.sessionOf(karel);
  await world.sessionOf(eva);
  const page = await person('jana');
  await visit(page, '/inbox?tab=waiting');
  for (const name of ['Karel Dvořák', 'Eva Malá']) {
    await tab(page, inbox.list.waiting).click();
    await row(page, name).click();
    await page.getByRole('button', { name: inbox.thread.pick_up }).first().click();
    await expect(tab(page, inbox.list.mine)).toHaveAttribute('aria-current', 'page');
    await expect(row(page, name)).not.toContainText(filled(inbox.list.unread, { count: 1 }));
  }
  await page.goto('/inbox?tab=mine');
  const filter = page.getByRole('link', { name: inbox.list.only_unread, exact: true });
  await expect(row(page, 'Eva Malá')).toBeVisible();
  await filter.click();
  await expect(page).toHaveURL(/unread=1/);
  await expect(list(page).getByText(inbox.empty.unread_title)).toBeVisible();

  await simulator.says(karel, 'Ještě něco');
  await expect(row(page, 'Karel Dvořák')).toContainText('Ještě něco');
  await simulator.says(eva, 'A ještě něco');
  await row(page, 'Karel Dvořák').click();
  await expect(row(page, 'Karel Dvořák')).not.toContainText(filled(inbox.list.unread, { count: 1 }));
  await expect(row(page, 'Karel Dvořák')).toHaveAttribute('aria-current', 'page');
  await row(page, 'Eva Malá').click();
  await expect(row(page, 'Karel Dvořák')).toHaveCount(0);
  await expect(row(page, 'Eva Malá')).toBeVisible();
  await filter.click();
  await expect(row(page, 'Karel Dvořák')).toBeVisible();
});
