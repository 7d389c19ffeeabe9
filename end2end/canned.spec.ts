// Canned replies: a supervisor writes them, operators insert them by a slash.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox, directory, common } = words('en');
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
const texts = directory.canned_replies;
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
const options = (page: Page) => page.getByRole('listbox', { name: inbox.canned.list }).getByRole('option');

test('what a supervisor writes, an operator inserts by a slash', async ({ world, person }) => {
  const [boss, jana] = [await person('admin'), await person('jana')];
  await pickedUp(world, jana);
  await reply(jana).pressSequentially('/');
  await expect(jana.locator('.offer-note')).toHaveText(inbox.canned.empty);
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
  await expect(jana.locator('.offer-note')).toHaveText(inbox.canned.none);
  await reply(jana).press('Enter');
  await expect(jana.locator('.flow-line.ours').last()).toContainText('/nothing');

  await boss.getByRole('link', { name: '/hello' }).click();
  await boss.getByRole('button', { name: texts.delete }).click();
  await expect(boss.getByRole('link', { name: '/hello' })).toHaveCount(0);
  await reply(jana).fill('/');
  await expect(options(jana)).toHaveCount(2);
});

test('files of a canned reply go with it, beside what the operator has attached', async ({
  world,
  person,
  troubles,
}) => {
  troubles.allow(/404/);
  const [boss, jana] = [await person('admin'), await person('jana')];
  await pickedUp(world, jana);
  await visit(boss, '/canned-replies/new');
  const save = boss.getByRole('button', { name: common.button.save });
  await boss.getByLabel(texts.shortcut, { exact: true }).fill('price');
  // Neither a text nor a file.
  await save.click();
  await expect(boss.locator('#field-text-problem')).not.toBeEmpty();
  const picker = boss.locator('.form input[type="file"]');
  for (const name of ['cenik.pdf', 'mapa.pdf', 'omyl.pdf']) {
    await picker.setInputFiles({ name, mimeType: 'application/pdf', buffer: PDF });
    await expect(boss.getByRole('checkbox', { name })).toBeChecked();
  }
  await expect(boss.locator('.canned-files')).toContainText(/PDF · \d+ B/);
  await boss.getByRole('checkbox', { name: 'omyl.pdf' }).uncheck();
  await save.click();
  await expect(boss.getByRole('row', { name: '/price' })).toContainText('cenik.pdf, mapa.pdf');

  // One is taken away, and a text is added.
  await boss.getByRole('link', { name: '/price' }).click();
  await boss.getByRole('checkbox', { name: 'mapa.pdf' }).uncheck();
  await boss.getByLabel(texts.text, { exact: true }).fill('Posílám ceník.');
  await save.click();
  await expect(boss.getByRole('row', { name: '/price' })).not.toContainText('mapa.pdf');

  const attached = jana.getByRole('list', { name: inbox.attach.list }).getByRole('listitem');
  await jana
    .locator('.composer input[type="file"]:not([accept])')
    .setInputFiles({ name: 'moje.pdf', mimeType: 'application/pdf', buffer: PDF });
  await reply(jana).pressSequentially('/cen');
  await expect(options(jana)).toHaveText([/Posílám ceník\. · cenik\.pdf/]);
  await reply(jana).press('Enter');
  await expect(reply(jana)).toHaveValue('Posílám ceník.');
  await expect(attached).toHaveText([/moje\.pdf/, /cenik\.pdf/]);
  // Sent at once, whatever is still on its way.
  await reply(jana).press('Enter');
  await expect(attached).toHaveCount(0);
  await expect.poll(async () => (await world.simulator.acceptedFiles()).length).toBe(2);
  await expect(jana.locator('.flow-line.ours').first()).toContainText('Posílám ceník.');

  // The list is older than the reply: the file says so, and can be taken out.
  await reply(jana).pressSequentially('/price');
  await expect(options(jana)).toHaveCount(1);
  await boss.getByRole('link', { name: '/price' }).click();
  await boss.getByRole('button', { name: texts.delete }).click();
  await expect(boss.getByRole('link', { name: '/price' })).toHaveCount(0);
  await reply(jana).press('Enter');
  await expect(attached).toContainText(common.refusal.not_found);
  await attached.getByRole('button', { name: inbox.attach.remove.replace('{{ name }}', 'cenik.pdf') }).click();
  await expect(attached).toHaveCount(0);
  await expect(reply(jana)).toHaveValue('Posílám ceník.');
});
