// Notes: what colleagues tell each other about a session, where the customer does not see it.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');
const chat = (page: Page) => page.getByRole('log', { name: inbox.thread.messages });
const tab = (page: Page, name: string) => page.locator('.composer-tabs').getByRole('link', { name, exact: true });
const note = (page: Page) => page.getByLabel(inbox.note.title, { exact: true });
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });

test('a note is written beside a reply, and both drafts stay', async ({ world, person }) => {
  const [jana, boss] = [await person('jana'), await person('admin')];
  const { karel, id } = await pickedUp(world, jana);
  await visit(boss, `/inbox/${id}?tab=all`);
  await reply(jana).fill('Half a reply');
  await jana.keyboard.press('Escape');
  await jana.keyboard.press('n');
  await expect(note(jana)).toBeFocused();
  await expect(reply(jana)).toBeHidden();
  await note(jana).fill('Half a note');
  await tab(jana, inbox.composer.label).click();
  await expect(reply(jana)).toBeFocused();
  await expect(reply(jana)).toHaveValue('Half a reply');
  await jana.reload();
  await expect(reply(jana)).toHaveValue('Half a reply');
  await tab(jana, inbox.note.title).click();
  await expect(note(jana)).toHaveValue('Half a note');
  await note(jana).fill('Calls back *tomorrow*');
  await note(jana).press('Shift+Enter');
  await note(jana).pressSequentially('https://example.com/crm/1');
  await note(jana).press('Enter');
  await expect(note(jana)).toHaveValue('');

  for (const page of [jana, boss]) {
    await expect(chat(page).locator('.flow-note')).toContainText('Jana Nováková');
    await expect(chat(page).locator('.flow-note strong')).toHaveText('tomorrow');
    await expect(page.locator('.details-notes li')).toContainText('Calls back');
  }
  // A supervisor may note something where somebody else replies.
  await tab(boss, inbox.note.title).click();
  await note(boss).fill('Seen');
  await note(boss).press('Enter');
  await expect(chat(jana).locator('.flow-note')).toHaveCount(2);
  await expect(chat(jana).locator('.flow-note').last()).toContainText('Seen');
  await jana.keyboard.press('Escape');
  await jana.keyboard.press('r');
  await expect(reply(jana)).toBeFocused();
  expect(await world.simulator.accepted()).toEqual([]);
  expect((await world.sessionOf(karel)).id).toBe(id);
});

test('a refused note stays in its field', async ({ world, person, troubles }) => {
  troubles.allow(/500|status of 500/);
  const page = await person('jana');
  await pickedUp(world, page);
  await tab(page, inbox.note.title).click();
  await page.route('**/rpc/inbox/note', (route) => route.fulfill({ status: 500, body: '' }));
  await note(page).fill('Kept');
  await note(page).press('Enter');
  await expect(page.locator('.thread-refused')).toBeVisible();
  await expect(note(page)).toHaveValue('Kept');
  await page.unroute('**/rpc/inbox/note');
  await note(page).press('Enter');
  await expect(chat(page).locator('.flow-note')).toContainText('Kept');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a note is a form on a page of its own address', async ({ world, person, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const page = await person('jana');
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'Dobrý den');
    const { id } = await world.sessionOf(karel);
    await page.goto(`/inbox/${id}?tab=waiting`);
    await tab(page, inbox.note.title).click();
    await expect(reply(page)).toBeHidden();
    await note(page).fill('A plain note');
    await page.getByRole('button', { name: inbox.note.save }).click();
    await expect(chat(page).locator('.flow-note')).toContainText('A plain note');
    await tab(page, inbox.composer.label).click();
    await expect(page.getByRole('button', { name: inbox.note.save })).toHaveCount(0);
  });
});
