// Single sign-on: people log in with their company's provider, which says who they are and what they may do here.

import type { Page } from '@playwright/test';
import { axe } from './support/axe.js';
import { type Account, Provider } from './support/provider.js';
import { expect, test as base, visit } from './support/test.js';
import { LOCALE, type Language, filled, words } from './support/words.js';
import { PASSWORD } from './support/world.js';

const { account, auth, common, system } = words('en');
const { again } = account;

const NAME = 'Acme ID';
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const BOSS: Account = { sub: 'a-1', email: 'bara@acme.example', name: 'Bára Nová', groups: ['staff', 'pbx-admins'] };
const LEAD: Account = { sub: 'a-2', email: 'leo@acme.example', name: 'Leo Starý', groups: ['pbx-leads'] };
const EVA: Account = { sub: 'a-3', email: 'eva@acme.example', name: 'Eva Malá', groups: ['pbx-desk'] };
const NOBODY: Account = { sub: 'a-4', email: 'host@acme.example', name: 'Host', groups: ['staff'] };

interface Fixtures {
  /** Settings of single sign-on that differ. */
  differently: Record<string, string>;
  /** The provider's ID token says only who it is, and the rest has to be asked for. */
  isTokenShort: boolean;
  provider: Provider;
}

const test = base.extend<Fixtures>({
  differently: [{}, { option: true }],
  isTokenShort: [false, { option: true }],

  provider: async ({ isTokenShort }, use, info) => {
    const provider = await Provider.start(structuredClone([BOSS, LEAD, EVA, NOBODY]), isTokenShort);
    try {
      await use(provider);
    } finally {
      await provider.stop();
      if (info.status !== info.expectedStatus) {
        await info.attach('provider.log', { body: provider.log, contentType: 'text/plain' });
      }
    }
  },

  settings: async ({ provider, differently }, use) =>
    use(
      provider.settings({
        NAME,
        CREATE_USERS: 'true',
        ADMIN_GROUPS: '["pbx-admins"]',
        SUPERVISOR_GROUPS: '["pbx-leads"]',
        OPERATOR_GROUPS: '["pbx-desk"]',
        ...differently,
      }),
    ),

  world: async ({ world, provider }, use) => {
    provider.register(world.url);
    await use(world);
  },
});

function door(page: Page, language: Language = 'en') {
  return page.getByRole('link', { name: filled(words(language).auth.sign_on.log_in, { name: NAME }), exact: true });
}

/** Says at the provider who one is. */
async function say(page: Page, who: Account): Promise<void> {
  await page.getByLabel('Account', { exact: true }).fill(who.sub);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

/** Opens a page that asks for a log-in, and logs in with the provider. */
async function logIn(page: Page, who: Account, path = '/login'): Promise<void> {
  await page.goto(path);
  await door(page).click();
  await say(page, who);
}

/** Where the provider sends a browser with its answer, without going there. */
async function answerFor(page: Page, who: Account): Promise<string> {
  const said = await page.request.post(page.url(), { form: { account: who.sub }, maxRedirects: 0 });
  const resumed = await page.request.get(said.headers().location ?? '', { maxRedirects: 0 });
  return resumed.headers().location ?? '';
}

async function expectLoggedIn(page: Page, who: string): Promise<void> {
  await expect(page.getByLabel(filled(common.frame.person, { name: who }))).toBeVisible();
}

async function expectStranger(page: Page): Promise<void> {
  await page.goto('/inbox');
  await expect(page).toHaveURL(/\/login$/);
}

/** The log-in page says why somebody is not let in, and lets them try again. */
async function expectRefused(page: Page, why: Exclude<keyof typeof auth.sign_on, 'log_in' | 'confirm'>): Promise<void> {
  await expect(page).toHaveURL(new RegExp(`/login\\?(.*&)?sign_on=${why}(&|$)`));
  await expect(page.getByRole('alert')).toHaveText(auth.sign_on[why]);
  await expect(door(page)).toBeVisible();
}

test('whoever is new is created, lands where they were going, and is the same user later', async ({ provider, stranger }) => {
  const page = await stranger();
  await logIn(page, BOSS, '/system/deliveries?reason=failed');
  await expect(page).toHaveURL(/\/system\/deliveries\?reason=failed$/);
  await expect(page.getByRole('heading', { name: system.deliveries.title, level: 1 })).toBeVisible();
  await expectLoggedIn(page, 'Bára Nová');
  await visit(page, '/users');
  const rows = page.locator('tbody tr');
  await expect(rows).toHaveCount(4);
  await expect(rows.filter({ hasText: 'bara@acme.example' })).toContainText(common.role.admin);

  for (const [who, role] of [
    [LEAD, common.role.supervisor],
    [EVA, common.role.operator],
  ] as const) {
    const other = await stranger();
    await logIn(other, who);
    await expect(other).toHaveURL(/\/inbox/);
    await expectLoggedIn(other, who.name ?? '');
    await page.reload();
    await expect(rows.filter({ hasText: who.email })).toContainText(role);
  }

  // The provider still knows this browser, and asks nothing.
  await page.context().clearCookies({ domain: '127.0.0.1' });
  await page.goto('/users');
  await door(page).click();
  await expect(page).toHaveURL(/\/users$/);
  await expect(rows).toHaveCount(6);

  // They have another address and other groups now.
  const boss = provider.accounts.find(({ sub }) => sub === BOSS.sub);
  Object.assign(boss ?? {}, { email: 'bara.stara@acme.example', groups: ['pbx-leads'] });
  const later = await stranger();
  await logIn(later, BOSS);
  await expect(later).toHaveURL(/\/inbox/);
  const admin = await stranger();
  await admin.request.post('/rpc/auth/log-in', { form: { login: 'admin', password: PASSWORD } });
  await visit(admin, '/users');
  await expect(admin.locator('tbody tr')).toHaveCount(6);
  await expect(admin.getByRole('row', { name: 'Bára Nová' })).toContainText(common.role.supervisor);
});

test.describe('ID tokens are short', () => {
  test.use({ isTokenShort: true });

  test('what the token leaves out is asked for', async ({ stranger }) => {
    const page = await stranger();
    await logIn(page, BOSS, '/users');
    await expect(page).toHaveURL(/\/users$/);
    await expectLoggedIn(page, 'Bára Nová');
    await expect(page.getByRole('row', { name: 'bara@acme.example' })).toContainText(common.role.admin);
  });
});

test.describe('users are created here alone', () => {
  test.use({ differently: { CREATE_USERS: 'false' } });

  test('a user is found by their e-mail address, and is then theirs alone', async ({ world, provider, stranger, person }) => {
    await world.addOperator('203', 'Eva z Podpory', 'eva@acme.example');
    const page = await stranger();
    await logIn(page, EVA, '/account');
    await expect(page).toHaveURL(/\/account$/);
    await expectLoggedIn(page, 'Eva z Podpory');
    const admin = await person('admin');
    await visit(admin, '/users');
    await expect(admin.locator('tbody tr')).toHaveCount(4);
    await expect(admin.getByRole('row', { name: 'Eva z Podpory' })).toContainText('203');

    // The address now belongs to somebody else at the provider.
    const heir: Account = { ...EVA, sub: 'a-9', name: 'Eva Jiná' };
    provider.accounts.push(heir);
    const other = await stranger();
    await logIn(other, heir);
    await expectRefused(other, 'another_identity');
    await expectStranger(other);
  });

  test('an address that the provider has not verified is nobody’s', async ({ world, provider, stranger }) => {
    await world.addOperator('203', 'Eva z Podpory', 'eva@acme.example');
    const mallory: Account = { sub: 'm-1', email: 'eva@acme.example', email_verified: false, groups: ['pbx-desk'] };
    const silent: Account = { sub: 'm-2', groups: ['pbx-desk'] };
    provider.accounts.push(mallory, silent);
    for (const who of [mallory, silent]) {
      const page = await stranger();
      await logIn(page, who);
      await expectRefused(page, 'no_email');
      await expectStranger(page);
    }
  });

  test('whoever has no user here is told', async ({ stranger, person }) => {
    const page = await stranger();
    await logIn(page, LEAD, '/users');
    await expectRefused(page, 'unknown_user');
    await expectStranger(page);
    const admin = await person('admin');
    await visit(admin, '/users');
    await expect(admin.locator('tbody tr')).toHaveCount(3);
  });
});

test('somebody cancels, and can try again', async ({ stranger }) => {
  const page = await stranger();
  await page.goto('/users');
  await door(page).click();
  await page.getByRole('link', { name: 'Cancel', exact: true }).click();
  await expectRefused(page, 'cancelled');
  await door(page).click();
  await say(page, BOSS);
  await expect(page).toHaveURL(/\/users$/);
});

test('whoever is in no group of ours has no role', async ({ stranger }) => {
  const page = await stranger();
  await logIn(page, NOBODY);
  await expectRefused(page, 'no_role');
  await expectStranger(page);
});

test('an answer counts in the browser that asked, and in no other', async ({ stranger }) => {
  const [mallory, victim] = [await stranger(), await stranger()];
  await mallory.goto('/login');
  await door(mallory).click();
  const answer = await answerFor(mallory, BOSS);
  expect(answer).toContain('code=');
  await victim.goto(answer);
  await expectRefused(victim, 'expired');
  await door(victim).click();
  await expect(victim.getByLabel('Account', { exact: true })).toBeVisible();
  await victim.goto(answer);
  await expectRefused(victim, 'expired');
  await expectStranger(victim);
});

test('whoever logs in stays in the console, whatever the link says', async ({ stranger }) => {
  for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example/']) {
    const page = await stranger();
    await logIn(page, EVA, `/login?next=${encodeURIComponent(next)}`);
    await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/inbox/);
  }
});

test('a provider that is away is told, and the password works', async ({ provider, stranger }) => {
  await provider.stop();
  const page = await stranger();
  await page.goto('/login');
  await door(page).click();
  await expectRefused(page, 'unavailable');
  await page.getByLabel(auth.login, { exact: true }).fill('jana');
  await page.getByLabel(auth.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: auth.log_in, exact: true }).click();
  await expect(page).toHaveURL(/\/inbox/);
});

test.describe('passwords are for administrators', () => {
  test.use({ differently: { PASSWORD_LOG_IN: 'administrators' } });

  test('an operator’s password does not work, and an administrator’s does', async ({ stranger, troubles }) => {
    troubles.allow(/409/);
    const page = await stranger();
    const type = async (login: string) => {
      await page.getByLabel(auth.login, { exact: true }).fill(login);
      await page.getByLabel(auth.password, { exact: true }).fill(PASSWORD);
      await page.getByRole('button', { name: auth.log_in, exact: true }).click();
    };
    await page.goto('/login');
    await type('jana');
    await expect(page.getByRole('alert')).toHaveText(common.refusal.use_single_sign_on);
    await expectStranger(page);
    await type('admin');
    await expect(page).toHaveURL(/\/inbox/);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the link is a link, and what went wrong is told', async ({ stranger, troubles }) => {
    troubles.allow(/^request failed: csp .*switchboard\.js$/, /preloaded using link preload but not used/);
    const page = await stranger();
    await page.goto('/users');
    await door(page).click();
    await page.getByRole('link', { name: 'Cancel', exact: true }).click();
    await expectRefused(page, 'cancelled');
    await logIn(page, BOSS, '/users');
    await expect(page).toHaveURL(/\/users$/);
    await expect(page.getByRole('row', { name: 'Bára Nová' })).toContainText(common.role.admin);
  });
});

for (const language of ['en', 'cs'] as const) {
  test(`the log-in page in ${language}`, async ({ stranger }) => {
    // axe looks twelve times.
    test.setTimeout(120_000);
    const page = await stranger({ locale: LOCALE[language], reducedMotion: 'reduce' });
    const told: string[] = [];
    for (const [name, path] of [
      ['login', '/login?next=%2Fusers'],
      ['cancelled', '/login?sign_on=cancelled'],
      ['unknown-user', '/login?sign_on=unknown_user'],
    ] as const) {
      await page.goto(path);
      await expect(door(page, language)).toBeVisible();
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
          await page.screenshot({ path: test.info().outputPath(`${name}-${colorScheme}-${width}.png`) });
          const { violations } = await axe(page).withTags(TAGS).analyze();
          const where = `${name} at ${width}, ${colorScheme}`;
          told.push(...violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${where}: ${id}: ${help}: ${target.join(' ')}`)));
        }
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (excess > 0) told.push(`${name} at ${width}: ${excess} px too wide`);
      }
    }
    expect(told).toEqual([]);
  });
}

test('a change waits until the provider has asked again', async ({ stranger, troubles }) => {
  troubles.allow(/401/);
  const page = await stranger();
  await logIn(page, BOSS);
  await expect(page).toHaveURL(/\/inbox/);
  // The provider does not say when whoever comes from it has proved who they are.
  await visit(page, '/system/tokens');
  await page.getByLabel(system.tokens.name, { exact: true }).fill('CRM');
  const create = page.getByRole('button', { name: system.tokens.create, exact: true });
  await create.click();
  const dialog = page.getByRole('dialog', { name: again.title });
  const goOn = dialog.getByRole('button', { name: auth.sign_on.go_on, exact: true });
  await expect(dialog).toBeVisible();
  await expect(goOn).toHaveCount(0);
  const confirmAs = async (who: Account) => {
    const opened = page.context().waitForEvent('page');
    await dialog.getByRole('link', { name: filled(auth.sign_on.confirm, { name: NAME }), exact: true }).click();
    const tab = await opened;
    await say(tab, who);
    return tab;
  };

  // Whoever is somebody else at the provider confirms nothing.
  const wrong = await confirmAs(LEAD);
  await expect(wrong).toHaveURL(/sign_on=another_user/);
  await expect(wrong.getByRole('alert')).toHaveText(auth.sign_on.another_user);
  await wrong.close();
  await goOn.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(common.refusal.reauthenticate)).toBeVisible();
  await expect(page.getByLabel(system.tokens.name, { exact: true })).toHaveValue('CRM');
  await create.click();

  const right = await confirmAs(BOSS);
  await expect(right).toHaveURL(/\/account\/reauthenticate\?proved/);
  await expect(right.getByText(auth.sign_on.confirmed, { exact: true })).toBeVisible();
  await right.close();
  await goOn.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByLabel(system.tokens.token, { exact: true })).toHaveValue(/^swb_/);
  await expect(page.getByRole('row', { name: /CRM/ })).toHaveCount(1);
});
