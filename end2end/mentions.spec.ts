// A note calls for a colleague by @ and a name: they find it above their list until they have opened the session.

import type { Page } from '@playwright/test';
import { axe } from './support/axe.js';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');
const tab = (page: Page, name: string) => page.locator('.composer-tabs').getByRole('link', { name, exact: true });
const note = (page: Page) => page.getByLabel(inbox.note.title, { exact: true });
const offered = (page: Page) => page.getByRole('listbox', { name: inbox.mentions.list }).getByRole('option');
const mentions = (page: Page) => page.getByRole('region', { name: inbox.mentions.title });

test('a colleague is chosen by keys, called, and not called any more once they look', async ({ world, person }) => {
  const [jana, boss, elsewhere] = [await person('jana'), await person('admin'), await person('admin')];
  const { id } = await pickedUp(world, jana);
  await visit(boss, '/inbox?tab=all');
  await visit(elsewhere, '/inbox?tab=mine');
  await tab(jana, inbox.note.title).click();
  // Only those who see the session are offered: not Petr, since Jana has it.
  await note(jana).pressSequentially('Please @');
  await expect(offered(jana).first()).toBeVisible();
  const names = await offered(jana).locator('.offered-name').allTextContents();
  expect(names).not.toContain('Petr Svoboda');
  const admin = names[0]!;
  await jana.keyboard.press('Escape');
  await expect(offered(jana)).toHaveCount(0);
  await note(jana).pressSequentially(admin.slice(0, 3));
  await expect(offered(jana)).toHaveCount(1);
  const looked = await axe(jana).include('.composer-note').analyze();
  expect(looked.violations).toEqual([]);
  await expect(note(jana)).toHaveAttribute('aria-activedescendant', 'mentions-0');
  await note(jana).press('Tab');
  await expect(note(jana)).toHaveValue(`Please @${admin} `);
  await note(jana).pressSequentially('a discount?');
  await note(jana).press('Enter');
  await expect(jana.locator('.flow-note .note-called')).toHaveText(`@ ${admin}`);

  for (const page of [boss, elsewhere]) {
    await expect(mentions(page)).toContainText(`Jana Nováková: Please @${admin} a discount?`);
  }
  await boss.screenshot({ path: test.info().outputPath('mentions.png') });
  await mentions(boss).getByRole('link').click();
  await expect(boss.locator('.flow-note.sought')).toContainText('a discount?');
  for (const page of [boss, elsewhere]) {
    await expect(mentions(page)).toHaveCount(0);
  }
  await expect(jana.getByRole('region', { name: inbox.mentions.title })).toHaveCount(0);
});

test('what looks like an address calls for nobody, and a click ends a call', async ({ world, person }) => {
  const [jana, boss] = [await person('jana'), await person('admin')];
  await pickedUp(world, jana);
  await visit(boss, '/inbox?tab=all');
  await tab(jana, inbox.note.title).click();
  await note(jana).pressSequentially('info@a');
  await expect(offered(jana)).toHaveCount(0);
  await note(jana).pressSequentially(' and @');
  await offered(jana).first().click();
  await expect(note(jana)).toBeFocused();
  await note(jana).press('Enter');
  await expect(mentions(boss)).toHaveCount(1);
  await mentions(boss).getByRole('button').click();
  await expect(mentions(boss)).toHaveCount(0);
});
