// An operator's day without a mouse.

import type { Page } from '@playwright/test';
import { expect, test, untilLive } from './support/test.js';
import { filled, words } from './support/words.js';
import { PASSWORD } from './support/world.js';

const { auth, common, inbox } = words('en');

/** The element with the focus. */
const focused = (page: Page) => page.locator(':focus');

/** The focus has to be visible. */
async function expectVisibleFocus(page: Page): Promise<void> {
  const ring = await focused(page).evaluate((element) => {
    const style = getComputedStyle(element);
    // A field may show the focus on the box around it.
    const around = element.parentElement ? getComputedStyle(element.parentElement) : style;
    return [style, around].some(
      (one) => (one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) > 0) || one.boxShadow !== 'none',
    );
  });
  expect(ring, 'the focus can be seen').toBe(true);
}

test('from the log-in to a closed session', async ({ world, stranger }) => {
  const page = await stranger();
  const { keyboard } = page;
  const chat = page.getByRole('log', { name: inbox.thread.messages });
  const reply = page.getByLabel(inbox.composer.label, { exact: true });
  const row = (name: string) => page.getByRole('region', { name: inbox.list.label }).getByRole('link', { name });
  const open = (name: string) => expect(page.getByRole('heading', { name, level: 2 })).toBeVisible();
  for (const [name, number] of [
    ['Karel Dvořák', '420800555201'],
    ['Eva Malá', '420800555202'],
  ] as const) {
    const customer = await world.simulator.addCustomer(name, number);
    await world.simulator.says(customer, 'Dobrý den');
    await world.sessionOf(customer);
  }

  await test.step('log in', async () => {
    await page.goto('/inbox?tab=waiting');
    await expect(page.getByLabel(auth.login, { exact: true })).toBeFocused();
    await expectVisibleFocus(page);
    await keyboard.type('jana');
    await keyboard.press('Tab');
    await expect(page.getByLabel(auth.password, { exact: true })).toBeFocused();
    await keyboard.type(PASSWORD);
    // The button is there as soon as the page is live.
    const reveal = page.getByRole('button', { name: common.button.reveal });
    await expect(reveal).toBeVisible();
    await keyboard.press('Tab');
    await expect(reveal).toBeFocused();
    await expectVisibleFocus(page);
    await keyboard.press('Space');
    await expect(page.getByLabel(auth.password, { exact: true })).toHaveAttribute('type', 'text');
    await keyboard.press('Space');
    await expect(page.getByLabel(auth.password, { exact: true })).toHaveAttribute('type', 'password');
    await keyboard.press('Shift+Tab');
    await expect(page.getByLabel(auth.password, { exact: true })).toBeFocused();
    await untilLive(page, () => keyboard.press('Enter'));
    await expect(row('Karel Dvořák')).toBeVisible();
  });

  await test.step('Tab goes in the order of reading, and is seen', async () => {
    await keyboard.press('Tab');
    await expect(focused(page)).toHaveAttribute('href', '#content');
    await expectVisibleFocus(page);
    await keyboard.press('Enter');
    await expect(page.getByRole('main')).toBeFocused();
    await keyboard.press('Tab');
    await expect(page.getByRole('searchbox', { name: inbox.list.search })).toBeFocused();
    await expectVisibleFocus(page);
    await keyboard.press('Tab');
    await expect(page.getByRole('button', { name: inbox.keys.title })).toBeFocused();
    await expectVisibleFocus(page);
    for (const name of [inbox.list.mine, inbox.list.waiting, inbox.list.all, inbox.list.only_unread, inbox.list.closing]) {
      await keyboard.press('Tab');
      await expect(focused(page)).toContainText(name);
      await expectVisibleFocus(page);
    }
    await keyboard.press('Tab');
    await expect(row('Karel Dvořák')).toBeFocused();
    await expectVisibleFocus(page);
  });

  await test.step('? shows the keys, Esc puts them away', async () => {
    await keyboard.press('?');
    await expect(page.getByRole('dialog', { name: inbox.keys.title })).toBeVisible();
    await keyboard.press('Escape');
    await expect(page.getByRole('dialog', { name: inbox.keys.title })).toBeHidden();
  });

  await test.step('J and K walk through the list', async () => {
    await keyboard.press('j');
    await open('Karel Dvořák');
    await keyboard.press('j');
    await open('Eva Malá');
    await expect(row('Eva Malá')).toBeFocused();
    await keyboard.press('k');
    await open('Karel Dvořák');
    await expect(row('Karel Dvořák')).toBeFocused();
  });

  await test.step('/ searches, Esc leaves the field', async () => {
    await keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: inbox.list.search })).toBeFocused();
    await keyboard.press('Escape');
    await expect(page.getByRole('searchbox', { name: inbox.list.search })).not.toBeFocused();
  });

  await test.step('P picks up, R replies, Enter sends', async () => {
    await keyboard.press('p');
    await expect(chat).toContainText(filled(inbox.moment.picked_up, { who: 'Jana Nováková' }));
    // A user who picks up wants to write.
    await expect(reply).toBeFocused();
    await keyboard.press('Escape');
    await expect(reply).not.toBeFocused();
    await keyboard.press('r');
    await expect(reply).toBeFocused();
    await expectVisibleFocus(page);
    await keyboard.type('Dobrý den,');
    await keyboard.press('Shift+Enter');
    await keyboard.type('j, k a p jsou tu jen písmena.');
    await expect(reply).toHaveValue('Dobrý den,\nj, k a p jsou tu jen písmena.');
    await keyboard.press('Enter');
    await expect(chat.getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
    await expect(reply).toBeFocused();
    expect(await world.simulator.accepted()).toEqual(['Dobrý den,\nj, k a p jsou tu jen písmena.']);
  });

  await test.step('E closes, after a question', async () => {
    await keyboard.press('Escape');
    await expect(reply).not.toBeFocused();
    await keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: inbox.confirm.title });
    await expect(dialog).toBeVisible();
    await keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await keyboard.press('e');
    await expect(dialog.getByRole('button', { name: inbox.confirm.yes })).toBeFocused();
    await keyboard.press('Enter');
    await expect(page.getByText(inbox.composer.closed)).toBeVisible();
  });
});
