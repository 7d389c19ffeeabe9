// Canned replies: a supervisor writes them, operators insert them by a slash.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox, directory, common } = words('en');
const texts = directory.canned_replies;
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
const options = (page: Page) => page.getByRole('listbox', { name: inbox.canned.list }).getByRole('option');

test('what a supervisor writes, an operator inserts by a slash', async ({ world, person }) => {
  const [boss, jana] = [await person('admin'), await person('jana')];
  await pickedUp(world, jana);
  await reply(jana).pressSequentially('/');
  await expect(jana.locator('.canned-note')).toHaveText(inbox.canned.empty);
  await reply(jana).fill('');

  await visit(boss, '/canned-replies');
  await boss.getByRole('link', { name: texts.add }).first().click();
  await boss.getByLabel(texts.shortcut, { exact: true }).fill('two words');
  await boss.getByLabel(texts.text, { exact: true }).fill('Dobrý den, {{customer}}, tady {{operator}}.');
  await boss.getByRole('button', { name: common.button.save }).click();
  await expect(boss.locator('#field-shortcut-problem')).not.toBeEmpty();
  await boss.getByLabel(texts.shortcut, { exact: true }).fill('hello');
  await boss.getByRole('button', { name: common.button.save }).click();
  await expect(boss.getByRole('link', { name: '/hello' })).toBeVisible();
  for (const [shortcut, text] of [['hours', 'Máme otevřeno od osmi.'], ['thanks', 'Děkujeme, hello.']]) {
    await world.api('POST', 'canned-replies', { shortcut, text });
  }

  // The keyboard: what is typed narrows the list, names first.
  await reply(jana).pressSequentially('/h');
  await expect(options(jana)).toHaveCount(3);
  await reply(jana).pressSequentially('ello');
  await expect(options(jana)).toHaveText([/^\/hello/, /^\/thanks/]);
  await expect(options(jana).first()).toHaveAttribute('aria-selected', 'true');
  await expect(reply(jana)).toHaveAttribute('aria-activedescendant', 'canned-0');
  await reply(jana).press('ArrowDown');
  await expect(options(jana).nth(1)).toHaveAttribute('aria-selected', 'true');
  await reply(jana).press('ArrowUp');
  await reply(jana).press('Enter');
  await expect(reply(jana)).toHaveValue('Dobrý den, Karel Dvořák, tady Jana Nováková.');
  expect(await world.simulator.accepted()).toEqual([]);
  await reply(jana).press('End');
  await reply(jana).pressSequentially(' Co pro vás můžu udělat?');
  await reply(jana).press('Enter');
  await expect(jana.locator('.flow-line.ours')).toContainText('Co pro vás můžu udělat?');

  // Escape closes the list and keeps the text; the mouse chooses, too.
  await reply(jana).pressSequentially('/ho');
  await reply(jana).press('Escape');
  await expect(options(jana)).toHaveCount(0);
  await expect(reply(jana)).toBeFocused();
  await expect(reply(jana)).toHaveValue('/ho');
  await reply(jana).pressSequentially('u');
  await options(jana).first().click();
  await expect(reply(jana)).toHaveValue('Máme otevřeno od osmi.');
  // A slash later in a text is only a slash.
  await reply(jana).fill('1/2');
  await expect(options(jana)).toHaveCount(0);
  // A text that begins with a slash, and that no canned reply matches, can be sent.
  await reply(jana).fill('/nothing');
  await expect(jana.locator('.canned-note')).toHaveText(inbox.canned.none);
  await reply(jana).press('Enter');
  await expect(jana.locator('.flow-line.ours').last()).toContainText('/nothing');

  await boss.getByRole('link', { name: '/hello' }).click();
  await boss.getByRole('button', { name: texts.delete }).click();
  await expect(boss.getByRole('link', { name: '/hello' })).toHaveCount(0);
  await reply(jana).fill('/');
  await expect(options(jana)).toHaveCount(2);
});
