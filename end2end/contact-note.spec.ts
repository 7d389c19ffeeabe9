// The note about a customer: seen by every colleague who has a session of theirs open, and nothing that is typed is lost.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { common, inbox } = words('en');

const field = (page: Page) => page.getByRole('textbox', { name: inbox.details.note });
const save = (page: Page) => page.locator('.details-note').getByRole('button', { name: common.button.save }).click();
const warning = (page: Page) => page.locator('.details-note .warning');

test('a colleague sees it at once, and of two who write both texts stay', async ({ world, person }) => {
  const wide = { viewport: { width: 1440, height: 900 } };
  const [jana, boss] = [await person('jana', wide), await person('admin', wide)];
  const { id } = await pickedUp(world, jana);
  await visit(boss, `/inbox/${id}?tab=all`);
  await field(jana).fill('Platí pozdě');
  await save(jana);
  await expect(field(boss)).toHaveValue('Platí pozdě');
  await expect(jana.locator('.details-note')).toContainText('Jana Nováková');

  await field(boss).fill('Volat jen dopoledne');
  await field(jana).fill('Platí včas');
  await save(jana);
  await expect(warning(boss)).toContainText('Platí včas');
  await expect(field(boss)).toHaveValue('Volat jen dopoledne');
  await save(boss);
  await expect(field(jana)).toHaveValue('Volat jen dopoledne');
  await expect(warning(boss)).toBeHidden();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('it is a form', async ({ world, person, troubles }) => {
    // Without scripts, Chromium still tries to preload them.
    troubles.allow(/^request failed: csp .*switchboard\.js$/);
    const jana = await person('jana', { viewport: { width: 1440, height: 900 } });
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'Dobrý den');
    const { id } = await world.sessionOf(karel);
    await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
    await jana.goto(`/inbox/${id}`);
    await field(jana).fill('</textarea> & <b>');
    await save(jana);
    await expect(field(jana)).toHaveValue('</textarea> & <b>');
  });
});
