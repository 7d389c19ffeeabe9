// A channel after its first day: pausing, what an examination finds and mends, numbers to pick from, two users editing
// one form, secrets that change, and its deletion.

import type { Page } from '@playwright/test';
import { axe } from './support/axe.js';
import { call } from './support/http.js';
import { EXAMPLE } from './support/simulator.js';
import { expect, expectSameDocument, mark, test, visit } from './support/test.js';
import { filled, LOCALE, words } from './support/words.js';
import type { World } from './support/world.js';

const { channels, common } = words('en');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Puts the simulated Meta into a state; `crates/simulator/src/settings.rs` has them all. */
function set(world: World, setting: Record<string, unknown>): Promise<void> {
  return call('POST', `${world.simulator.url}simulator/api/settings`, setting);
}

const at = (world: World, tab = '') => `/channels/${world.channel?.id}${tab}`;
const badge = (page: Page, word: string) => page.locator('.page-head').getByText(word, { exact: true });
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const save = (page: Page, spoken = common) => page.getByRole('button', { name: spoken.button.save, exact: true });
const line = (page: Page, check: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: new RegExp(`^${check} `) }) });

async function expectSaid(page: Page, text: string): Promise<void> {
  const said = page.getByRole('status').getByRole('paragraph').filter({ hasText: text });
  await expect(said).toBeVisible();
  await said.getByRole('button').click();
  await expect(said).toBeHidden();
}

async function examine(page: Page): Promise<void> {
  await page.getByRole('button', { name: channels.health.check }).click();
  await expectSaid(page, channels.health.checked);
}

async function expectAccessible(page: Page, rules?: string[]): Promise<void> {
  const all = axe(page);
  const { violations } = await (rules ? all.withRules(rules) : all.withTags(TAGS)).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

test('pause and resume, by the keyboard', async ({ world, person }) => {
  const page = await person('admin');
  await visit(page, at(world));
  const more = page.getByLabel(filled(channels.head.more, { name: 'Podpora WhatsApp' }));
  const press = async (name: string) => {
    await more.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('button', { name, exact: true })).toBeFocused();
    await page.keyboard.press('Enter');
  };
  await press(channels.head.pause);
  await expect(badge(page, common.badge.paused)).toBeVisible();
  await press(channels.head.resume);
  await expect(badge(page, common.badge.paused)).toBeHidden();

  await page.getByRole('link', { name: channels.tab.activity, exact: true }).click();
  await expect(page.getByRole('row', { name: channels.deed.paused })).toContainText('admin');
  await expect(page.getByRole('row', { name: channels.deed.resumed })).toContainText('admin');
  const active = common.badge.active;
  for (const change of [
    `${active} → ${common.badge.paused}: ${channels.reason.paused}`,
    `${common.badge.paused} → ${active}: ${channels.reason.resumed}`,
  ]) {
    await expect(page.getByRole('row', { name: change })).toContainText(channels.activity.itself);
  }
  await expectAccessible(page);
});

test('deleting asks for the name', async ({ world, person, troubles }) => {
  troubles.allow(/409/);
  const page = await person('admin');
  await visit(page, at(world));
  await page.getByLabel(filled(channels.head.more, { name: 'Podpora WhatsApp' })).click();
  await page.getByRole('link', { name: channels.head.delete }).click();
  await expect(page.getByText(channels.delete.text)).toBeVisible();
  await expectAccessible(page);

  const remove = page.getByRole('button', { name: channels.delete.button });
  await field(page, channels.field.name).fill('Podpora');
  await remove.click();
  await expect(page.getByRole('alert').filter({ hasText: common.refusal.name_differs })).toBeVisible();

  await field(page, channels.field.name).fill('Podpora WhatsApp');
  await remove.click();
  await expect(page.getByRole('heading', { name: channels.empty })).toBeVisible();
});

for (const tab of ['', '/messaging', '/health', '/activity', '/delete']) {
  test(`an open editor says who deleted the channel: ${tab || '/'}`, async ({ world, person }) => {
    const [alena, other] = [await person('admin'), await person('admin')];
    await visit(other, at(world, tab));
    await mark(other);
    await visit(alena, at(world, '/delete'));
    await field(alena, channels.field.name).fill('Podpora WhatsApp');
    await alena.getByRole('button', { name: channels.delete.button }).click();

    const gone = filled(channels.gone.title, { name: 'Podpora WhatsApp' });
    await expect(other.getByRole('heading', { name: gone, level: 1 })).toBeVisible();
    await expect(other.getByRole('alert')).toContainText(filled(channels.gone.by, { who: 'admin' }));
    await expect(other.getByRole('navigation', { name: channels.tab.label })).toBeHidden();
    await expectAccessible(other);
    await expectSameDocument(other);
    await other.getByRole('link', { name: channels.gone.back }).click();
    await expect(other.getByRole('heading', { name: channels.empty })).toBeVisible();
  });
}

test('two admins at one form: the second is told, and nothing that he typed is lost', async ({ world, person, troubles }) => {
  troubles.allow(/409/);
  const [alena, other] = [await person('admin'), await person('admin')];
  await visit(alena, at(world));
  await visit(other, at(world));
  await field(alena, channels.field.name).fill('Podpora 24/7');
  await save(alena).click();
  await expectSaid(alena, common.said.saved);
  await expect(other.getByRole('heading', { name: 'Podpora 24/7', level: 1 })).toBeVisible();

  await field(other, channels.field.name).fill('Moje jméno');
  await save(other).click();
  await expect(other.getByRole('alert').filter({ hasText: common.refusal.changed_meanwhile })).toBeVisible();
  await expect(field(other, channels.field.name)).toHaveValue('Moje jméno');
});

test('numbers are fetched and picked', async ({ world, person }) => {
  const page = await person('admin');
  await visit(page, at(world, '/messaging'));
  await field(page, channels.field.phone_number).fill('');
  await field(page, channels.field.phone_number_id).fill('');
  await page.getByRole('button', { name: channels.numbers.button }).click();
  await expect(page.getByText(channels.numbers.found)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: EXAMPLE.numberId }).click();
  await expect(field(page, channels.field.phone_number)).toHaveValue(/555/);
  await expect(field(page, channels.field.phone_number_id)).toHaveValue(EXAMPLE.numberId);
  await save(page).click();
  await expectSaid(page, common.said.saved);
  await expect(field(page, channels.field.phone_number_id)).toHaveValue(EXAMPLE.numberId);
  await page.getByRole('button', { name: channels.numbers.button }).click();
  await expect(page.getByText(channels.numbers.found)).toBeVisible();
});

test('a destination is found by typing, and a disabled one is shown as such', async ({ world, person }) => {
  const page = await person('admin');
  await visit(page, at(world, '/messaging'));
  const destination = field(page, channels.field.destination);
  await page.getByLabel(filled(channels.field.search, { field: channels.field.destination })).fill('nov');
  await page.keyboard.press('Enter');
  await expect(destination).toBeFocused();
  await save(page).click();
  await expectSaid(page, common.said.saved);
  await expect(destination.locator('option:checked')).toHaveText('201 Jana Nováková');

  await visit(page, '/extensions');
  await page.getByRole('link', { name: '201' }).click();
  await page.getByRole('button', { name: common.button.disable }).click();
  await expect(page.getByRole('button', { name: common.button.enable })).toBeVisible();
  await visit(page, at(world, '/messaging'));
  await expect(page.getByText(channels.field.chosen_disabled)).toBeVisible();
  await expect(badge(page, common.badge.degraded)).toBeVisible();
  await page.getByRole('link', { name: channels.check.destination, exact: true }).click();
  await expect(page).toHaveURL(/\/health#destination$/);
});

test('a missing subscription is found, and mended by a button', async ({ world, person }) => {
  await set(world, { set: 'subscribed_apps', waba_id: EXAMPLE.waba, app_ids: [] });
  const page = await person('admin');
  await visit(page, at(world, '/health'));
  await examine(page);
  const subscription = line(page, channels.check.waba_subscription);
  await expect(subscription).toContainText(channels.finding.waba_not_subscribed.seen);
  await expect(subscription).toContainText(`POST /${EXAMPLE.waba}/subscribed_apps`);
  // Nothing arrives: that is red, and the first sentence says why.
  await expect(badge(page, common.badge.not_receiving)).toBeVisible();
  await expect(page.locator('.page-head .badge')).toHaveClass(/\bbad\b/);
  await expect(page.locator('.health-summary')).toContainText(
    filled(channels.health.not_receiving, { why: channels.finding.waba_not_subscribed.seen }),
  );
  await expectAccessible(page);

  await subscription.getByRole('button', { name: channels.errand.subscribe }).click();
  await expect(subscription).toContainText(channels.finding.waba_fine);
  await expect(badge(page, common.badge.active)).toBeVisible();

  await page.getByRole('link', { name: channels.tab.activity, exact: true }).click();
  await expect(page.getByRole('row', { name: 'subscribed_apps' })).toContainText('admin');
});

test('a callback elsewhere is set for this number, and a refusal of Meta is shown', async ({ world, person }) => {
  await set(world, { set: 'callback', of: 'app', id: EXAMPLE.app, url: 'https://other.example/hook' });
  const page = await person('admin');
  await visit(page, at(world, '/health'));
  await examine(page);
  const callback = line(page, channels.check.callback);
  await expect(callback).toContainText('https://other.example/hook');
  const mend = callback.getByRole('button', { name: channels.errand.callback });

  await set(world, { set: 'outage', outage: { kind: 'error_code', code: 4, http: 400 } });
  await callback.getByRole('radio', { name: channels.errand.number }).check();
  await mend.click();
  // Meta also refuses the examination that follows; its first answer stays on the page all the same.
  const refused = page.locator('.notice.bad').filter({ hasText: filled(channels.meta.refused, { code: '4' }) });
  await expect(refused).toBeVisible();
  await refused.getByText(common.details).click();
  await expect(refused.locator('q')).not.toBeEmpty();

  await set(world, { set: 'outage', outage: null });
  await examine(page);
  await callback.getByRole('radio', { name: channels.errand.number }).check();
  await mend.click();
  await expect(callback).toContainText(channels.finding.callback_fine);
});

test('a number is registered, and what is typed outlives an examination', async ({ world, person }) => {
  await set(world, { set: 'number', phone_number_id: EXAMPLE.numberId, platform_type: 'NOT_APPLICABLE' });
  const page = await person('admin');
  await visit(page, at(world, '/health'));
  await examine(page);
  const registration = line(page, channels.check.registration);
  await expect(registration).toContainText(channels.finding.registration_missing.seen);
  await field(page, channels.errand.pin).fill('123456');
  await examine(page);
  await expect(field(page, channels.errand.pin)).toHaveValue('123456');
  await registration.getByRole('button', { name: channels.errand.register }).click();
  await expect(registration).toContainText(channels.finding.registration_fine);
});

test('secrets: a wrong one is found; two are valid while one is reset', async ({ world, person }) => {
  const page = await person('admin');
  await visit(page, at(world));
  const secret = page.locator('.secret').filter({ hasText: channels.field.app_secret });
  const replace = async (value: string) => {
    await secret.getByText(common.button.replace).click();
    await field(page, channels.field.app_secret).fill(value);
    await save(page).click();
    await expectSaid(page, common.said.saved);
  };
  await replace('ffffffffffffffffffffffffffffffff');
  await expect(field(page, channels.field.app_secret), 'the field is shut after the save').toBeHidden();
  // And it opens empty again.
  await secret.getByText(common.button.replace).click();
  await expect(field(page, channels.field.app_secret)).toHaveValue('');
  await secret.getByText(common.button.replace).click();
  await page.getByRole('link', { name: channels.tab.health, exact: true }).click();
  await examine(page);
  await expect(line(page, channels.check.app_secret)).toContainText(channels.finding.secret_wrong.seen);

  await page.getByRole('link', { name: channels.tab.authentication, exact: true }).click();
  await page.getByText(channels.secrets.add).click();
  await field(page, channels.field.next_app_secret).fill(EXAMPLE.appSecret);
  await save(page).click();
  await expectSaid(page, common.said.saved);
  await expect(page.getByText(channels.secrets.both)).toBeVisible();
  await expectAccessible(page);

  await field(page, channels.field.name).fill('Typed meanwhile');
  const before = await field(page, channels.field.verify_token).inputValue();
  await page.getByRole('button', { name: channels.secrets.only }).click();
  await expectSaid(page, channels.secrets.done);
  await expect(page.getByText(channels.secrets.both)).toBeHidden();
  await page.getByRole('button', { name: channels.rotate.button }).click();
  await expectSaid(page, channels.rotate.done);
  await expect(field(page, channels.field.verify_token)).not.toHaveValue(before);
  await expect(field(page, channels.field.name)).toHaveValue('Typed meanwhile');

  await page.getByRole('link', { name: channels.tab.health, exact: true }).click();
  await examine(page);
  await expect(line(page, channels.check.app_secret)).toContainText(channels.finding.secret_fine);
});

for (const language of ['cs', 'en'] as const) {
  test(`a set-up that is left leaves no channel; what is pasted is understood: ${language}`, async ({ world, person, troubles }) => {
    troubles.allow(/422/);
    const { channels, common } = words(language);
    const page = await person('admin', { locale: LOCALE[language], viewport: { width: 1024, height: 768 } });
    const begin = async () => {
      await visit(page, '/channels');
      await page.getByText(common.button.add, { exact: true }).click();
      await page.getByRole('button', { name: channels.whatsapp, exact: true }).click();
      await expect(page.getByRole('heading', { name: channels.unnamed, level: 1 })).toBeVisible();
      return field(page, channels.field.webhook_url).inputValue();
    };
    const address = await begin();
    expect(await begin(), 'the address is the same').toBe(address);
    await visit(page, '/channels');
    await expect(page.locator('.table.channels tbody tr')).toHaveCount(1);

    await begin();
    await field(page, channels.field.name).fill('\u202eProdej\u202c');
    await field(page, channels.field.access_token).fill(`\u200b${EXAMPLE.token} `);
    await field(page, channels.field.app_secret).fill(`\ufeff${EXAMPLE.appSecret}\u2060`);
    await save(page, common).click();
    await expect(page.getByRole('heading', { name: 'Prodej', level: 1 })).toBeVisible();
    await expect(field(page, channels.field.webhook_url)).toHaveValue(address);
    // Saved twice: first valid input, then invalid input.
    await field(page, channels.field.name).fill('');
    await save(page, common).click();
    await expect(page.getByText(common.problem.required)).toBeVisible();

    await page.getByRole('link', { name: channels.tab.messaging, exact: true }).click();
    await field(page, channels.field.phone_number).fill('800 555 099');
    await field(page, channels.field.phone_number_id).fill(`\u200e${EXAMPLE.numberId}\u00a0`);
    await field(page, channels.field.destination).selectOption('Podpora');
    await save(page, common).click();
    const taken = filled(common.problem.taken_by_channel, { name: 'Podpora WhatsApp' });
    await expect(page.getByText(taken)).toBeVisible();
    await field(page, channels.field.phone_number_id).fill('106 530 001');
    await save(page, common).click();
    await expect(field(page, channels.field.phone_number)).toHaveValue('+420 800 555 099');
    await expect(field(page, channels.field.phone_number_id)).toHaveValue('106530001');
    await field(page, channels.field.phone_number).fill('420777123456');
    await save(page, common).click();
    await expect(field(page, channels.field.phone_number)).toHaveValue('+420 777 123 456');
    await visit(page, '/channels');
    await expect(page.locator('.table.channels tbody tr')).toHaveCount(2);
    await expect(page.getByRole('row', { name: 'Prodej' })).toContainText('+420 777 123 456');
  });

  test(`a second channel of the same app says whose address Meta calls: ${language}`, async ({ world, person }) => {
    const { channels, common } = words(language);
    await world.simulator.addNumber('106540352242923', '+420 800 555 099');
    const queue = (await world.api<{ items: { id: string }[] }>('GET', 'queues')).items[0]!;
    const second = await world.addChannel('Prodej', '+420800555099', '106540352242923', { type: 'queue', id: queue.id });
    const page = await person('admin', { locale: LOCALE[language] });
    await visit(page, `/channels/${second.id}/health`);
    await page.getByRole('button', { name: channels.health.check }).click();
    await expect(badge(page, common.badge.waiting_for_meta)).toBeVisible();
    const seen = filled(channels.finding.webhook_kin.seen, { channel: 'Podpora WhatsApp' });
    await expect(page.locator('.health-summary')).toContainText(filled(channels.health.waiting_because, { why: seen }));
    await expect(page.locator('#webhook')).toHaveClass(/notable/);
    await expect(page.locator('#callback')).toHaveClass(/notable/);
    await expectAccessible(page);
    await visit(page, `/channels/${second.id}`);
    const guide = page.getByRole('complementary', { name: channels.guide.title });
    const webhook = guide.getByRole('listitem').filter({ hasText: channels.step.webhook.title }).last();
    await expect(webhook).not.toHaveClass(/done/);

    await visit(page, `/channels/${second.id}/health`);
    await page.locator('#callback').getByRole('button', { name: channels.errand.callback }).click();
    await expect(page.locator('#callback')).toHaveClass(/good/);
    await expect(badge(page, common.badge.active)).toBeVisible();
  });

  test(`a queue without anybody is nobody: ${language}`, async ({ world, person }) => {
    const { channels, common, directory } = words(language);
    // Nobody can log in to it, so nobody answers there.
    await world.api('POST', 'extensions', { number: '203', name: 'Noční linka' });
    const page = await person('admin', { locale: LOCALE[language], viewport: { width: 768, height: 1024 } });
    await visit(page, '/queues/new');
    const warning = page.getByText(directory.queues.nobody_text);
    await expect(warning).toBeVisible();
    await page.getByRole('checkbox', { name: '201 Jana Nováková' }).check();
    await expect(warning).toBeHidden();
    await page.getByRole('checkbox', { name: '201 Jana Nováková' }).uncheck();
    await expect(warning).toBeVisible();
    await page.getByRole('checkbox', { name: '203 Noční linka' }).check();
    await expect(warning).toBeVisible();
    await field(page, directory.queues.name).fill('Noc');
    await save(page, common).click();
    await expect(page.getByRole('row', { name: 'Noc' })).toContainText(directory.queues.nobody);

    await visit(page, at(world, '/messaging'));
    const nobody = page.getByText(channels.field.chosen_empty);
    await field(page, channels.field.destination).selectOption('202 Petr Svoboda');
    await expect(nobody).toBeHidden();
    for (const empty of ['203 Noční linka', 'Noc']) {
      await field(page, channels.field.destination).selectOption(`${empty} (${channels.is_empty})`);
      await expect(nobody).toBeVisible();
    }
    await save(page, common).click();
    await expect(badge(page, common.badge.degraded)).toBeVisible();
    await page.getByRole('link', { name: channels.check.destination, exact: true }).click();
    await expect(page.locator('#destination')).toContainText(channels.finding.destination_empty.seen);
    await visit(page, '/queues');
    await page.getByRole('link', { name: 'Noc' }).click();
    await page.getByRole('checkbox', { name: '202 Petr Svoboda' }).check();
    await save(page, common).click();
    await visit(page, at(world));
    await expect(badge(page, common.badge.active)).toBeVisible();
  });

  test(`the list of channels fits a tablet: ${language}`, async ({ world, person }) => {
    const { channels } = words(language);
    await world.api('POST', 'channels', {
      name: 'Zákaznická podpora pro velkoobchodní partnery a e-shopy',
      phone_number: '+420800555077',
      phone_number_id: '106540352242977',
      waba_id: EXAMPLE.waba,
      access_token: EXAMPLE.token,
      app_secret: EXAMPLE.appSecret,
      destination: { type: 'queue', id: await world.addQueue('Velkoobchodní partneři a dodavatelé, ranní směna', [], 'manual') },
    });
    await set(world, { set: 'subscribed_apps', waba_id: EXAMPLE.waba, app_ids: [] });
    const page = await person('admin', { locale: LOCALE[language] });
    await visit(page, at(world, '/health'));
    await page.getByRole('button', { name: channels.health.check }).click();
    await expect(page.locator('.check.bad').first()).toBeVisible();
    await visit(page, '/channels');
    for (const width of [720, 768, 899, 900, 1024, 1279, 1280, 360]) {
      await page.setViewportSize({ width, height: 900 });
      const excess = await page.evaluate(() => {
        const table = document.querySelector('.table.channels')!;
        const room = table.parentElement!.getBoundingClientRect();
        return Math.max(
          document.documentElement.scrollWidth - window.innerWidth,
          table.getBoundingClientRect().right - room.right,
        );
      });
      expect(excess, `at ${width}`).toBeLessThanOrEqual(1);
    }
    await expectAccessible(page);
  });
}

test('the guide follows the focus and ticks what is done, live', async ({ world, person }) => {
  const page = await person('admin');
  await visit(page, at(world));
  const guide = page.getByRole('complementary', { name: channels.guide.title });
  const step = (title: string) => guide.getByRole('listitem').filter({ hasText: title });
  await field(page, channels.field.verify_token).focus();
  await expect(step(channels.step.webhook.title)).toContainText(channels.guide.verify_token);
  await page.getByText(common.button.replace, { exact: true }).first().focus();
  await expect(step(channels.step.token.title)).toContainText(channels.guide.access_token);
  await mark(page);
  const other = await person('admin');
  await visit(other, at(world, '/health'));
  await examine(other);
  await expect(guide.getByText(channels.guide.done)).toHaveCount(6);
  await expect(other.getByText(common.badge.active, { exact: true })).toHaveCount(1);
  await expectSameDocument(page);
});

test('every tab of a troubled channel, wide and narrow', async ({ world, person }) => {
  test.setTimeout(120_000);
  await set(world, { set: 'subscribed_apps', waba_id: EXAMPLE.waba, app_ids: [] });
  await set(world, { set: 'callback', of: 'app', id: EXAMPLE.app, url: 'https://other.example/hook' });
  await set(world, { set: 'number', phone_number_id: EXAMPLE.numberId, platform_type: 'NOT_APPLICABLE' });
  const page = await person('admin', { locale: LOCALE.cs, reducedMotion: 'reduce' });
  await visit(page, at(world, '/health'));
  await page.getByRole('button', { name: words('cs').channels.health.check }).click();
  await expect(page.locator('.check.bad')).toHaveCount(3);
  for (const tab of ['/health', '', '/messaging', '/activity', '/delete']) {
    await visit(page, at(world, tab));
    for (const width of [1280, 1024, 768, 360]) {
      await page.setViewportSize({ width, height: 800 });
      if (width === 1280 || width === 360) await expectAccessible(page);
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(excess, `${tab} at ${width}`).toBeLessThanOrEqual(0);
    }
    // Everything but the colours is the same in the dark.
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, ['color-contrast']);
    await page.emulateMedia({ colorScheme: 'light' });
  }
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });
  test.beforeEach(({ troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/, /preloaded using link preload but not used/);
  });

  test('a refused form keeps what was typed, secrets unseen', async ({ world, person }) => {
    const page = await person('admin');
    await page.goto(at(world, '/messaging'));
    await field(page, channels.field.phone_number).fill('+420 800 555 099');
    await field(page, channels.field.phone_number_id).fill('not a number');
    await field(page, channels.field.fallback).selectOption('202 Petr Svoboda');
    await save(page).click();
    await expect(page.getByText(common.problem.not_numeric)).toBeVisible();
    await expect(field(page, channels.field.phone_number)).toHaveValue('+420 800 555 099');
    await expect(field(page, channels.field.phone_number_id)).toHaveValue('not a number');
    await expect(field(page, channels.field.fallback).locator('option:checked')).toHaveText('202 Petr Svoboda');

    await page.goto(at(world));
    await page.getByText(common.button.replace).first().click();
    await field(page, channels.field.name).fill('');
    await field(page, channels.field.access_token).fill('EAAGtypedandnotsaved');
    await save(page).click();
    await expect(page.getByText(common.problem.required)).toBeVisible();
    await expect(page.getByText(channels.field.typed)).toBeVisible();
    expect(await page.content()).not.toContain('EAAGtypedandnotsaved');
    await field(page, channels.field.name).fill('Podpora');
    await save(page).click();
    await expect(page.getByRole('heading', { name: 'Podpora', level: 1 })).toBeVisible();
    await expect(page.locator('.secret').first()).toContainText('aved');
  });

  test('a new verify token, and the end of a reset, leave what is typed', async ({ world, person }) => {
    const page = await person('admin');
    await page.goto(at(world));
    await page.getByText(channels.secrets.add).click();
    await field(page, channels.field.next_app_secret).fill('the-next-app-secret');
    await save(page).click();
    await expect(page.getByText(channels.secrets.both)).toBeVisible();

    const before = await field(page, channels.field.verify_token).inputValue();
    await field(page, channels.field.name).fill('Typed meanwhile');
    await page.getByText(common.button.replace).first().click();
    await field(page, channels.field.access_token).fill('EAAGtypedandnotsaved');
    await page.getByRole('button', { name: channels.rotate.button }).click();
    await expect(field(page, channels.field.verify_token)).not.toHaveValue(before);
    await expect(field(page, channels.field.name)).toHaveValue('Typed meanwhile');
    await expect(page.getByText(channels.field.typed)).toBeVisible();
    expect(await page.content()).not.toContain('EAAGtypedandnotsaved');

    await page.getByRole('button', { name: channels.secrets.only }).click();
    await expect(page.getByText(channels.secrets.both)).toBeHidden();
    await expect(field(page, channels.field.name)).toHaveValue('Typed meanwhile');
    await expect(page.getByText(channels.field.typed)).toBeVisible();
    await save(page).click();
    await expect(page.getByRole('heading', { name: 'Typed meanwhile', level: 1 })).toBeVisible();
    await expect(page.locator('.secret').first()).toContainText('aved');
  });

  test('numbers are fetched and picked, and the rest of the form stays', async ({ world, person }) => {
    const page = await person('admin');
    await page.goto(at(world, '/messaging'));
    await field(page, channels.field.phone_number_id).fill('');
    await field(page, channels.field.fallback).selectOption('202 Petr Svoboda');
    await page.getByRole('button', { name: channels.numbers.button }).click();
    await page.getByRole('button', { name: EXAMPLE.numberId }).click();
    await expect(field(page, channels.field.phone_number_id)).toHaveValue(EXAMPLE.numberId);
    await expect(field(page, channels.field.fallback).locator('option:checked')).toHaveText('202 Petr Svoboda');
    await save(page).click();
    await expect(page).toHaveURL(/\/messaging$/);
    await expect(field(page, channels.field.fallback).locator('option:checked')).toHaveText('202 Petr Svoboda');
  });

  test('examine, mend, pause and delete', async ({ world, person }) => {
    await set(world, { set: 'subscribed_apps', waba_id: EXAMPLE.waba, app_ids: [] });
    const page = await person('admin');
    await page.goto(at(world, '/health'));
    // Right after a handshake Meta's answers are not held against the channel.
    await expect(async () => {
      await page.getByRole('button', { name: channels.health.check }).click();
      await expect(page.getByRole('button', { name: channels.errand.subscribe })).toBeVisible({ timeout: 500 });
    }).toPass();
    await page.getByRole('button', { name: channels.errand.subscribe }).click();
    await expect(page.getByText(channels.meta.done)).toBeVisible();
    await page.getByRole('button', { name: channels.health.check }).click();
    await expect(line(page, channels.check.waba_subscription)).toContainText(channels.finding.waba_fine);

    const more = () => page.getByLabel(filled(channels.head.more, { name: 'Podpora WhatsApp' }));
    await more().click();
    await page.getByRole('button', { name: channels.head.pause, exact: true }).click();
    await expect(badge(page, common.badge.paused)).toBeVisible();
    await more().click();
    await page.getByRole('link', { name: channels.head.delete }).click();
    await field(page, channels.field.name).fill('Podpora WhatsApp');
    await page.getByRole('button', { name: channels.delete.button }).click();
    await expect(page.getByRole('heading', { name: channels.empty })).toBeVisible();
  });
});
