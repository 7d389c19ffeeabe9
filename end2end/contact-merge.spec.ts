// A customer who writes from two numbers: a supervisor merges the two contacts, and undoes it.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { filled, words } from './support/words.js';
import type { World } from './support/world.js';

const { inbox } = words('en');

/** The same customer writes from another number. */
async function fromAnotherNumber(world: World): Promise<string> {
  const other = await world.simulator.addCustomer('Karel soukromě', '420800555202');
  await world.simulator.says(other, 'Píšu z domova');
  return (await world.sessionOf(other)).id;
}

const section = (page: Page) => page.locator('.inbox-details details', { hasText: inbox.merge.heading });
const dialog = (page: Page) => page.getByRole('dialog', { name: inbox.merge.title });
const open = (page: Page) => page.getByRole('button', { name: inbox.merge.open });
const undo = (page: Page) => section(page).getByRole('button', { name: inbox.merge.undo });

for (const width of [1440, 360]) {
  test(`two contacts are merged by keyboard, and both pages follow, at ${width} pixels`, async ({ world, person }) => {
    const [jana, boss] = [
      await person('jana', { viewport: { width: 1440, height: 900 } }),
      await person('admin', { viewport: { width, height: 800 } }),
    ];
    const { id } = await pickedUp(world, jana);
    const other = await fromAnotherNumber(world);
    await visit(boss, `/inbox/${other}?tab=all`);
    if (width < 1280) await boss.getByRole('button', { name: inbox.thread.details }).click();

    await open(boss).focus();
    await boss.keyboard.press('Enter');
    await expect(dialog(boss).getByRole('searchbox')).toBeFocused();
    await boss.keyboard.type('dvorak');
    await boss.keyboard.press('Enter');
    const choice = dialog(boss).getByRole('radio');
    await expect(choice).toHaveCount(1);
    await choice.focus();
    await boss.keyboard.press('Space');
    await boss.keyboard.press('Enter');
    await expect(dialog(boss)).toBeHidden();
    await expect(section(boss)).toContainText('Karel Dvořák');
    await expect(section(jana)).toContainText('Karel soukromě');
    await expect(undo(jana)).toHaveCount(0);
    await expect(jana.locator('.flow')).toContainText('+420 800 555 202');
    // The earlier session of the other number is above.
    await expect(boss.locator('.flow')).toContainText('Dobrý den');
    await expect(boss.locator(`.inbox-details a[href*="${id}"]`).first()).toBeVisible();

    await undo(boss).click();
    await expect(section(boss)).toContainText(inbox.merge.none);
    await expect(section(jana)).toHaveCount(0);
    await expect(boss.locator('.flow')).not.toContainText('Dobrý den');
  });
}

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('it is a form', async ({ world, person, troubles }) => {
    // Without scripts, Chromium still tries to preload them.
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'Dobrý den');
    const { id } = await world.sessionOf(karel);
    await fromAnotherNumber(world);
    const boss = await person('admin', { viewport: { width: 1440, height: 900 } });
    await boss.goto(`/inbox/${id}?tab=all`);
    await open(boss).click();
    await dialog(boss).getByLabel(inbox.merge.who).fill('soukrome');
    await dialog(boss).getByRole('button', { name: inbox.merge.search }).click();
    await dialog(boss).getByRole('radio').check();
    await dialog(boss).getByRole('button', { name: inbox.merge.confirm }).click();
    await expect(section(boss)).toContainText(filled(inbox.merge.with, { who: '+420 800 555 202 (Karel soukromě)' }));
    await undo(boss).click();
    await expect(section(boss)).toContainText(inbox.merge.none);
  });
});
