// Two operators, one customer: a session is picked up once, and the operator who was late loses nothing.

import type { Page } from '@playwright/test';
import { expect, test, visit } from './support/test.js';
import { filled, words } from './support/words.js';

const { inbox } = words('en');
const row = (page: Page, name: string) =>
  page.getByRole('region', { name: inbox.list.label }).getByRole('link', { name });
const chat = (page: Page) => page.getByRole('log', { name: inbox.thread.messages });
const pickUp = (page: Page) => page.getByRole('button', { name: inbox.thread.pick_up }).first();
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
/** The process refuses the operator who is late, and no longer shows them the session. */
const LATE = [/409 \(Conflict\)|^409 .*\/(pick-up|inbox\/thread)$/];

test('both see it wait, one picks it up, the other sees it gone', async ({ world, person }) => {
  const [jana, petr] = [await person('jana'), await person('petr')];
  await Promise.all([visit(jana, '/inbox?tab=waiting'), visit(petr, '/inbox?tab=waiting')]);
  await world.simulator.says(await world.simulator.addCustomer('Karel Dvořák', '420800555201'), 'Haló?');
  await expect(row(petr, 'Karel Dvořák')).toBeVisible();
  await row(jana, 'Karel Dvořák').click();
  await pickUp(jana).click();
  await expect(chat(jana)).toContainText(filled(inbox.moment.picked_up, { who: 'Jana Nováková' }));
  await expect(row(petr, 'Karel Dvořák')).toBeHidden();
  await expect(petr.getByRole('heading', { name: inbox.empty.waiting_title })).toBeVisible();
});

test('who only looked reads who has it now', async ({ world, person, troubles }) => {
  const [jana, petr] = [await person('jana'), await person('petr')];
  await world.simulator.says(await world.simulator.addCustomer('Karel Dvořák', '420800555201'), 'Haló?');
  for (const page of [jana, petr]) {
    await visit(page, '/inbox?tab=waiting');
    await row(page, 'Karel Dvořák').click();
    await expect(chat(page)).toContainText('Haló?');
  }
  troubles.allow(...LATE);
  await pickUp(jana).click();
  await expect(petr.getByRole('heading', { name: filled(inbox.thread.taken, { by: 'Jana Nováková' }) })).toBeVisible();
});

test('of two who click at once, one wins and the other is told who', async ({ world, person, troubles }) => {
  const [jana, petr] = [await person('jana'), await person('petr')];
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Haló?');
  await world.sessionOf(karel);
  for (const page of [jana, petr]) {
    // No events reach this page, so it still offers a session that somebody else has taken.
    await page.route(/\/events(\?|$)/, () => undefined);
    await visit(page, '/inbox?tab=waiting');
    await row(page, 'Karel Dvořák').click();
    await expect(chat(page)).toContainText('Haló?');
  }
  troubles.allow(...LATE);
  await Promise.all([pickUp(jana).click(), pickUp(petr).click()]);
  await expect.poll(async () => (await world.sessionOf(karel)).extension).toBeTruthy();
  const taker = (await world.sessionOf(karel)).extension;
  const [winner, loser] = taker?.number === '201' ? [jana, petr] : [petr, jana];
  await expect(reply(winner)).toBeEditable();
  await expect(loser.getByText(filled(inbox.thread.taken, { by: taker?.name ?? '' }))).toBeVisible();
  await expect(reply(loser)).toHaveCount(0);
});

test.describe('where the first reply picks up', () => {
  test.use({ furnished: 'auto' });

  test('the one who was late keeps the draft', async ({ world, person, troubles }) => {
    const [jana, petr] = [await person('jana'), await person('petr')];
    await world.simulator.says(await world.simulator.addCustomer('Karel Dvořák', '420800555201'), 'Haló?');
    for (const page of [jana, petr]) {
      await visit(page, '/inbox?tab=waiting');
      await row(page, 'Karel Dvořák').click();
      await expect(page.getByText(inbox.composer.picks_up)).toBeVisible();
    }
    await reply(petr).fill('Dobrý den, hned se podívám');
    await reply(jana).fill('Dobrý den, už to řeším.');
    troubles.allow(...LATE);
    await reply(jana).press('Enter');
    await expect(chat(jana)).toContainText(filled(inbox.moment.picked_up, { who: 'Jana Nováková' }));

    await expect(
      petr.getByRole('heading', { name: filled(inbox.thread.taken, { by: 'Jana Nováková' }) }),
    ).toBeVisible();
    await expect(petr.getByRole('figure', { name: inbox.composer.draft_kept })).toContainText(
      'Dobrý den, hned se podívám',
    );
    await expect.poll(() => world.simulator.accepted()).toEqual(['Dobrý den, už to řeším.']);
  });
});
