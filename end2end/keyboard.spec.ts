// An operator's day without a mouse.

import type { Locator, Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, untilLive, visit } from './support/test.js';
import { filled, words } from './support/words.js';
import { PASSWORD } from './support/world.js';

const { auth, common, directory, inbox } = words('en');

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

/** Walks there, and sees each step. */
async function walkTo(page: Page, wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let steps = 0; steps < 80; steps++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
    // Past the last element the browser itself has the focus.
    if ((await focused(page).count()) > 0) await expectVisibleFocus(page);
  }
  await expect(wanted, `${key} leads to it`).toBeFocused();
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
    const { mine, waiting, all, only_unread, closing } = inbox.list;
    for (const name of [mine, waiting, all, only_unread, closing, inbox.snooze.only]) {
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

for (const width of [1280, 320]) {
  test(`a whole day, ${width} pixels wide`, async ({ world, person }) => {
    await world.addOperator('900', 'Vendula Vedoucí', 'vendula', 'supervisor');
    await world.api('POST', 'labels', { name: 'Reklamace' });
    const customers = ['Karel Dvořák', 'Eva Malá', 'Jan Veselý'];
    for (const [n, name] of customers.entries()) {
      const customer = await world.simulator.addCustomer(name, `42080055520${n}`);
      await world.simulator.says(customer, 'Dobrý den');
      const { id } = await world.sessionOf(customer);
      if (name === 'Jan Veselý') await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
    }
    const page = await person('vendula', { viewport: { width, height: 640 } });
    const { keyboard } = page;
    const chat = page.getByRole('log', { name: inbox.thread.messages });
    const reply = page.getByLabel(inbox.composer.label, { exact: true });
    const note = page.getByLabel(inbox.note.title, { exact: true });
    const dialog = page.getByRole('dialog');
    const head = page.locator('.thread-head');
    const opened = (name: string) => expect(page.getByRole('heading', { name, level: 2 })).toBeVisible();
    const picked = async (name: string) => {
      await expect(page.getByRole('region', { name: inbox.list.label }).getByRole('link', { name })).toBeVisible();
      await keyboard.press('j');
      await opened(name);
      await keyboard.press('p');
      await expect(reply).toBeFocused();
    };
    const command = async (name: string) => {
      await keyboard.press('Control+k');
      await expect(dialog.getByRole('combobox')).toBeFocused();
      await keyboard.type(name);
      await expect(dialog.getByRole('option').first()).toContainText(name);
      await keyboard.press('Enter');
      await expect(dialog).toBeHidden();
    };

    // Where the thread has the whole width, a link leads back.
    const toTheList = async () => {
      const back = page.getByRole('link', { name: inbox.thread.back });
      if (!(await back.isVisible())) return;
      await walkTo(page, back, 'Shift+Tab');
      await keyboard.press('Enter');
      await expect(back).toBeHidden();
    };

    await test.step('pick up, answer, note', async () => {
      await visit(page, '/inbox?tab=waiting');
      await picked('Karel Dvořák');
      await keyboard.type('Hned se na to podívám');
      await keyboard.press('Enter');
      await expect(chat.getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
      await keyboard.press('Escape');
      await keyboard.press('n');
      await expect(note).toBeFocused();
      await keyboard.type('Volal včera');
      await keyboard.press('Enter');
      await expect(chat.locator('.flow-note')).toContainText('Volal včera');
      await keyboard.press('Escape');
    });

    await test.step('label', async () => {
      const label = page.locator('.details-labels').getByRole('button', { name: 'Reklamace' });
      const details = page.getByRole('button', { name: inbox.thread.details });
      if (!(await label.isVisible())) {
        await walkTo(page, details, 'Shift+Tab');
        await keyboard.press('Enter');
      }
      await walkTo(page, label);
      await keyboard.press('Space');
      await expect(label).toHaveAttribute('aria-pressed', 'true');
      const hide = page.getByRole('button', { name: inbox.details.hide });
      if (await hide.isVisible()) {
        await walkTo(page, hide, 'Shift+Tab');
        await keyboard.press('Enter');
        await expect(details).toBeFocused();
      }
    });

    await test.step('transfer, with a reason', async () => {
      await keyboard.press('t');
      const target = dialog.getByLabel(inbox.transfer.to, { exact: true });
      await walkTo(page, target);
      await expect(target.getByRole('option', { name: '202 Petr Svoboda' })).toHaveCount(1);
      await keyboard.type('202');
      await walkTo(page, dialog.getByLabel(inbox.transfer.reason));
      await keyboard.type('Ví o tom víc');
      await keyboard.press('Enter');
      await expect(dialog).toBeHidden();
      await expect(chat).toContainText('Ví o tom víc');
    });

    await test.step('close with a reason, reopen', async () => {
      await toTheList();
      await command(inbox.list.waiting);
      await picked('Eva Malá');
      await keyboard.press('Escape');
      await keyboard.press('e');
      await expect(dialog.getByRole('button', { name: inbox.confirm.yes })).toBeFocused();
      await walkTo(page, dialog.getByLabel(inbox.transfer.reason), 'Shift+Tab');
      await keyboard.type('Vyřešeno');
      await keyboard.press('Enter');
      await expect(chat).toContainText('Vyřešeno');
      await walkTo(page, head.getByRole('button', { name: inbox.thread.reopen }));
      await keyboard.press('Enter');
      await expect(reply).toBeFocused();
      await expect(chat).toContainText(filled(inbox.moment.reopened, { who: 'Vendula Vedoucí' }));
      await keyboard.press('Escape');
    });

    await test.step('search', async () => {
      await toTheList();
      await keyboard.press('/');
      await expect(page.getByRole('searchbox', { name: inbox.list.search })).toBeFocused();
      await keyboard.type('podivam');
      const hit = page.getByRole('region', { name: inbox.hits.title }).getByRole('link', { name: 'Karel Dvořák' });
      await walkTo(page, hit);
      await keyboard.press('Enter');
      await expect(page.locator('.flow .sought')).toContainText('Hned se na to podívám');
    });

    await test.step('transfer many, undo', async () => {
      await command(common.nav.sessions);
      await walkTo(page, page.getByRole('link', { name: '201 Jana Nováková' }));
      await keyboard.press('Enter');
      const one = page.getByRole('checkbox', { name: filled(directory.sessions.select, { who: 'Jan Veselý' }) });
      await walkTo(page, one);
      await keyboard.press('Space');
      await expect(one).not.toBeChecked();
      await keyboard.press('Space');
      await expect(one).toBeChecked();
      await walkTo(page, page.getByLabel(inbox.transfer.to, { exact: true }));
      await keyboard.type('202');
      await walkTo(page, page.getByRole('button', { name: directory.sessions.transfer }));
      await keyboard.press('Enter');
      await expect(page.getByText(filled(directory.sessions.moved, { count: 1 }))).toBeVisible();
      await walkTo(page, page.getByRole('button', { name: directory.sessions.undo }));
      await keyboard.press('Enter');
      await expect(page.getByText(filled(directory.sessions.undone, { count: 1 }))).toBeVisible();
      await expect(one).toBeVisible();
    });
  });
}

test('the search is one key away, also where the thread has the whole width', async ({ world, person }) => {
  const page = await person('jana', { viewport: { width: 320, height: 640 } });
  await pickedUp(world, page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: inbox.list.search })).toBeFocused();
});
