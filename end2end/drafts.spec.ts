// What was typed and not sent follows its user to another browser.

import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');

test('a draft is in the other browser, and gone from it when it was sent', async ({ world, person }) => {
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  const [office, home, petr] = [await person('jana'), await person('jana'), await person('petr')];
  const reply = (page: typeof office) => page.getByLabel(inbox.composer.label, { exact: true });
  const note = (page: typeof office) => page.getByLabel(inbox.note.title, { exact: true });
  const kept = () => office.waitForResponse((answer) => answer.url().endsWith('/rpc/inbox/draft') && answer.ok());

  await visit(office, `/inbox/${id}?tab=mine`);
  const first = kept();
  await reply(office).pressSequentially('Vaše objednávka');
  await first;
  await visit(office, `/inbox/${id}?tab=mine&note=1`);
  const second = kept();
  await note(office).pressSequentially('Zeptat se skladu');
  await second;

  await visit(home, '/inbox?tab=mine');
  await expect(home.getByRole('link', { name: 'Karel Dvořák' })).toContainText('Vaše objednávka');
  await visit(home, `/inbox/${id}?tab=mine&note=1`);
  await expect(note(home)).toHaveValue('Zeptat se skladu');
  await visit(home, `/inbox/${id}?tab=mine`);
  await expect(reply(home)).toHaveValue('Vaše objednávka');
  const gone = home.waitForResponse((answer) => answer.url().endsWith('/rpc/inbox/draft') && answer.ok());
  await reply(home).press('Enter');
  await gone;

  await visit(office, `/inbox/${id}?tab=mine`);
  await expect(office.getByRole('log')).toContainText('Vaše objednávka');
  await expect(reply(office)).toHaveValue('');
  await visit(petr, '/inbox?tab=waiting');
  expect(await petr.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('draft.')))).toEqual([]);
});

test('what is typed here and there is joined', async ({ world, person, troubles }) => {
  troubles.allow(/ERR_FAILED/);
  const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
  await world.simulator.says(karel, 'Dobrý den');
  const { id } = await world.sessionOf(karel);
  await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
  const [office, home] = [await person('jana'), await person('jana')];
  const reply = (page: typeof office) => page.getByLabel(inbox.composer.label, { exact: true });
  await visit(office, `/inbox/${id}?tab=mine`);
  // The network is gone while it is typed.
  await office.route('**/rpc/inbox/draft', (route) => route.abort());
  await reply(office).pressSequentially('V kanceláři');
  await visit(home, `/inbox/${id}?tab=mine`);
  const kept = home.waitForResponse((answer) => answer.url().endsWith('/rpc/inbox/draft') && answer.ok());
  await reply(home).pressSequentially('Doma');
  await kept;
  await office.unroute('**/rpc/inbox/draft');
  const joined = office.waitForResponse((answer) => answer.url().endsWith('/rpc/inbox/draft') && answer.ok());
  await visit(office, `/inbox/${id}?tab=mine`);
  await expect(reply(office)).toHaveValue('Doma\nV kanceláři');
  await joined;

  // Also when somebody types before the page knows what there is.
  const cafe = await person('jana');
  let goOn: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  await cafe.route('**/rpc/inbox/drafts', async (route) => {
    await gate;
    await route.continue();
  });
  await visit(cafe, `/inbox/${id}?tab=mine`);
  await reply(cafe).pressSequentially('Rychle');
  goOn();
  await expect(reply(cafe)).toHaveValue('Doma\nV kanceláři\nRychle');
});
