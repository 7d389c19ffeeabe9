// Passkeys: added in one's own account, asked for at the log-in instead of a code, and removed. The device is Chromium's
// virtual one: <https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/>

import type { CDPSession, Locator, Page } from '@playwright/test';
import { axe } from './support/axe.js';
import { turnOn } from './support/second-factor.js';
import { expect, test, untilLive, visit } from './support/test.js';
import { LOCALE, type Language, filled, words } from './support/words.js';
import { ADDRESS, PASSWORD } from './support/world.js';

const { account, auth, common } = words('en');
const { again, factor, passkeys } = account;

const PATH = '/account/second-factor';
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** A device that knows its user by their finger, and keeps passkeys. It belongs to one page, whatever that shows. */
class Device {
  private constructor(
    private readonly session: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  static async of(page: Page): Promise<Device> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return new Device(session, authenticatorId);
  }

  /** Whether it takes the next finger for its user's. */
  async recognizes(isUserVerified: boolean): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.authenticatorId, isUserVerified });
  }

  /** Loses its passkeys. */
  async forget(): Promise<void> {
    await this.session.send('WebAuthn.clearCredentials', { authenticatorId: this.authenticatorId });
  }

  /** How many passkeys it keeps. */
  async keeps(): Promise<number> {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.authenticatorId });
    return credentials.length;
  }
}

const rows = (page: Page) => page.locator('.passkeys li');
const code = (page: Page) => page.getByLabel(factor.code, { exact: true });
const said = (page: Page, text: string) => page.getByRole('status').getByText(text, { exact: true });

function nameField(page: Page, language: Language = 'en') {
  return page.getByLabel(words(language).account.passkeys.name, { exact: true });
}

function addButton(page: Page, language: Language = 'en') {
  return page.getByRole('button', { name: words(language).account.passkeys.add, exact: true });
}

function removeButton(page: Page, name: string) {
  return page.getByRole('button', { name: `${passkeys.remove} ${name}`, exact: true });
}

function useButton(page: Page, language: Language = 'en') {
  return page.getByRole('button', { name: words(language).account.passkeys.log_in, exact: true });
}

/** Adds a passkey of the page's device to whoever is logged in. */
async function addPasskey(page: Page, name = 'Notebook', language: Language = 'en'): Promise<void> {
  await visit(page, PATH);
  await nameField(page, language).fill(name);
  await addButton(page, language).click();
  await expect(rows(page).filter({ hasText: name })).toBeVisible();
}

async function logOut(page: Page): Promise<void> {
  await page.getByLabel(filled(common.frame.person, { name: 'Alena Správná' })).click();
  await page.getByRole('button', { name: common.frame.log_out, exact: true }).click();
  await expect(page).toHaveURL(/\/login$/);
}

/** Opens the users, and types the name and the password that this asks for. */
async function typePassword(page: Page): Promise<void> {
  await page.goto('/users');
  await page.getByLabel(auth.login, { exact: true }).fill('admin');
  await page.getByLabel(auth.password, { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: auth.log_in, exact: true }).click();
}

async function expectSecondStep(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/login\/code\?next=%2Fusers$/);
  await expect(page.getByRole('heading', { name: factor.title, level: 1 })).toBeVisible();
}

async function expectLoggedIn(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/users$/);
  await expect(page.getByLabel(filled(common.frame.person, { name: 'Alena Správná' }))).toBeVisible();
}

/** Walks there by keyboard. */
async function walkTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let steps = 0; steps < 80; steps++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(wanted, 'Tab leads to it').toBeFocused();
}

/** Looks at a page in both themes, wide and narrow. Returns what is wrong with it. */
async function look(page: Page, name: string): Promise<string[]> {
  const told: string[] = [];
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // One that waits for something else never ends.
      const rest = page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
      await Promise.race([rest, page.waitForTimeout(1000)]);
      await page.screenshot({ path: test.info().outputPath(`${name}-${colorScheme}-${width}.png`), fullPage: true });
      const { violations } = await axe(page).withTags(TAGS).analyze();
      const where = `${name} at ${width}, ${colorScheme}`;
      told.push(...violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${where}: ${id}: ${help}: ${target.join(' ')}`)));
    }
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (excess > 0) told.push(`${name} at ${width}: ${excess} px too wide`);
  }
  return told;
}

// Browsers have passkeys only for an address with a name.
test.use({ host: 'localhost' });

test('a passkey is added, stays, and confirms the next log-in', async ({ person }) => {
  const page = await person('admin');
  const device = await Device.of(page);
  await visit(page, '/account');
  await page.getByRole('link', { name: factor.manage }).click();
  await expect(page.getByRole('heading', { name: passkeys.title, level: 2 })).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await nameField(page).fill('Work laptop');
  await addButton(page).click();
  await expect(said(page, common.said.saved)).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('Work laptop');
  await expect(rows(page)).toContainText(passkeys.added);
  await expect(rows(page)).not.toContainText(passkeys.used);
  // It is ready for another one.
  await expect(nameField(page)).toHaveValue('');
  expect(await device.keeps()).toBe(1);
  await untilLive(page, () => page.reload());
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('Work laptop');

  await logOut(page);
  await typePassword(page);
  await expectSecondStep(page);
  // There is no app that shows a code.
  await expect(code(page)).toHaveCount(0);
  // Also after a page that was loaded, as by single sign-on.
  await page.reload();
  await useButton(page).click();
  await expectLoggedIn(page);
  await visit(page, PATH);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText(passkeys.used);
});

test('a removed passkey is not asked for', async ({ person }) => {
  const page = await person('admin');
  await Device.of(page);
  await addPasskey(page);
  await removeButton(page, 'Notebook').click();
  await expect(rows(page)).toHaveCount(0);
  await untilLive(page, () => page.reload());
  await expect(addButton(page)).toBeVisible();
  await expect(rows(page)).toHaveCount(0);

  await logOut(page);
  await typePassword(page);
  await expectLoggedIn(page);
});

test('a device that refuses lets nobody in, and the code of an app still does', async ({ person }) => {
  const page = await person('admin');
  const device = await Device.of(page);
  const app = await turnOn(page);
  await visit(page, PATH);
  await device.recognizes(false);
  await nameField(page).fill('Notebook');
  await addButton(page).click();
  await expect(said(page, passkeys.cancelled)).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await expect(nameField(page)).toHaveValue('Notebook');
  await device.recognizes(true);
  await addButton(page).click();
  await expect(rows(page)).toHaveCount(1);

  await logOut(page);
  await typePassword(page);
  await expectSecondStep(page);
  await device.recognizes(false);
  await useButton(page).click();
  const refusal = page.getByRole('alert').getByText(passkeys.cancelled, { exact: true });
  await expect(refusal).toBeVisible();
  // Whoever tries again is let in.
  await device.recognizes(true);
  await useButton(page).click();
  await expectLoggedIn(page);

  await logOut(page);
  await typePassword(page);
  await expectSecondStep(page);
  await device.forget();
  await useButton(page).click();
  await expect(refusal).toBeVisible();
  expect((await page.request.get('/users')).url()).toMatch(/\/login\?next=%2Fusers$/);
  await code(page).fill(app.code(1));
  await page.keyboard.press('Enter');
  await expectLoggedIn(page);
});

test('an answer to another challenge is not accepted, and says so', async ({ person, troubles }) => {
  troubles.allow(/422/);
  const page = await person('admin');
  await Device.of(page);
  // Another tab of this browser asks for a challenge of its own meanwhile.
  const ofAnother = (call: string, begin: string) =>
    page.route(
      `**/rpc/${call}`,
      async (route) => {
        expect((await page.request.post(`/rpc/${begin}`, { form: { name: 'Another' } })).ok()).toBe(true);
        await route.continue();
      },
      { times: 1 },
    );
  await ofAnother('account/add-passkey', 'account/begin-passkey');
  await visit(page, PATH);
  await nameField(page).fill('Notebook');
  await addButton(page).click();
  const told = page.getByText(common.problem.wrong_passkey, { exact: true });
  await expect(told).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await addPasskey(page);

  await logOut(page);
  await typePassword(page);
  await expectSecondStep(page);
  await ofAnother('auth/give-passkey', 'auth/begin-passkey');
  await useButton(page).click();
  await expect(told).toBeVisible();
  await useButton(page).click();
  await expectLoggedIn(page);
});

test('a device that has a passkey already makes no second one', async ({ person }) => {
  const page = await person('admin');
  const device = await Device.of(page);
  await addPasskey(page);
  await nameField(page).fill('The same one');
  await addButton(page).click();
  await expect(said(page, passkeys.known)).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await expect(nameField(page)).toHaveValue('The same one');
  await untilLive(page, () => page.reload());
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('Notebook');
  expect(await device.keeps()).toBe(1);
});

test('a passkey needs a name', async ({ person }) => {
  const page = await person('admin');
  const device = await Device.of(page);
  await visit(page, PATH);
  for (const empty of ['', '   ']) {
    await nameField(page).fill(empty);
    await addButton(page).click();
    await expect(page.locator('#field-name-problem')).toHaveText(common.problem.required);
    await expect(nameField(page)).toHaveAttribute('aria-invalid', 'true');
    await expect(nameField(page)).toBeFocused();
  }
  expect(await device.keeps()).toBe(0);
  await nameField(page).fill('Telefon');
  await expect(page.locator('#field-name-problem')).toHaveText('');
  await addButton(page).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('Telefon');
});

test('the keyboard is enough', async ({ person }) => {
  const page = await person('admin');
  const { keyboard } = page;
  await Device.of(page);
  await visit(page, PATH);
  await walkTo(page, nameField(page));
  await keyboard.type('Modrý klíč');
  await keyboard.press('Tab');
  await expect(addButton(page)).toBeFocused();
  await keyboard.press('Enter');
  await expect(rows(page)).toContainText('Modrý klíč');

  await walkTo(page, page.getByLabel(filled(common.frame.person, { name: 'Alena Správná' })));
  await keyboard.press('Enter');
  await walkTo(page, page.getByRole('button', { name: common.frame.log_out, exact: true }));
  await keyboard.press('Enter');
  await expect(page).toHaveURL(/\/login$/);
  await page.goto('/users');
  await expect(page.getByLabel(auth.login, { exact: true })).toBeFocused();
  await keyboard.type('admin');
  await keyboard.press('Tab');
  await expect(page.getByLabel(auth.password, { exact: true })).toBeFocused();
  await keyboard.type(PASSWORD);
  await keyboard.press('Enter');
  await expectSecondStep(page);
  await walkTo(page, useButton(page));
  await keyboard.press('Enter');
  await expectLoggedIn(page);

  await visit(page, PATH);
  await walkTo(page, removeButton(page, 'Modrý klíč'));
  await keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(0);
});

test('without JavaScript no button is dead, and removing works', async ({ person, stranger, troubles }) => {
  troubles.allow(/^request failed: csp .*switchboard\.js$/);
  // A page that stays for some seconds.
  troubles.allow(/preloaded using link preload but not used/);
  const plain = await person('admin', { javaScriptEnabled: false });
  const page = await person('admin');
  await Device.of(page);
  const app = await turnOn(page);
  await addPasskey(page);

  await plain.goto(PATH);
  await expect(plain.getByRole('heading', { name: passkeys.title, level: 2 })).toBeVisible();
  await expect(plain.getByRole('button', { name: factor.turn_off, exact: true })).toBeVisible();
  await expect(rows(plain)).toContainText('Notebook');
  await expect(nameField(plain)).toBeHidden();
  await expect(addButton(plain)).toBeHidden();

  const other = await stranger({ javaScriptEnabled: false });
  await typePassword(other);
  await expectSecondStep(other);
  await expect(useButton(other)).toBeHidden();
  await code(other).fill(app.code(1));
  await other.getByRole('button', { name: auth.log_in, exact: true }).click();
  await expect(other).toHaveURL(/\/users$/);

  await removeButton(plain, 'Notebook').click();
  await expect(plain).toHaveURL(new RegExp(`${PATH}$`));
  await expect(rows(plain)).toHaveCount(0);
});

test('adding waits for the password, and goes on once it is typed', async ({ person, troubles }) => {
  troubles.allow(/401/);
  const page = await person('admin');
  const device = await Device.of(page);
  // The process asks after ten minutes: some calls come to it late.
  const late = (call: string, times: number) => {
    const refused = { status: 401, json: { Refused: { reason: 'reauthenticate' } } };
    return page.route(`**/rpc/account/${call}`, (route) => route.fulfill(refused), { times });
  };
  const dialog = page.getByRole('dialog', { name: again.title });
  const password = dialog.getByLabel(auth.password, { exact: true });
  await late('begin-passkey', 2);
  await visit(page, PATH);
  await nameField(page).fill('Notebook');
  await addButton(page).click();
  await expect(password).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByText(common.refusal.reauthenticate)).toBeVisible();
  await expect(nameField(page)).toHaveValue('Notebook');
  expect(await device.keeps()).toBe(0);

  await addButton(page).click();
  await password.fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText('Notebook');

  // The ten minutes end while the device asks.
  await device.forget();
  await late('add-passkey', 1);
  await nameField(page).fill('Telefon');
  await addButton(page).click();
  await password.fill(PASSWORD);
  await dialog.getByRole('button', { name: again.go }).click();
  await expect(dialog).toBeHidden();
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).last()).toContainText('Telefon');
  expect(await device.keeps()).toBe(1);
});

test('while the device asks, nobody presses twice, and whoever goes elsewhere can', async ({ person }) => {
  const page = await person('admin');
  const device = await Device.of(page);
  const app = await turnOn(page);
  // It asks until its user confirms.
  await page.addInitScript(() => {
    const { credentials } = navigator;
    const [create, get] = [credentials.create.bind(credentials), credentials.get.bind(credentials)];
    const confirmed = () =>
      new Promise<void>((goOn) => {
        document.documentElement.setAttribute('data-asks', '');
        addEventListener('confirmed', () => goOn(), { once: true });
      });
    credentials.create = (options) => confirmed().then(() => create(options));
    credentials.get = (options) => confirmed().then(() => get(options));
  });
  const asks = () => expect(page.locator('html[data-asks]')).toBeAttached();
  const confirm = () =>
    page.evaluate(() => {
      document.documentElement.removeAttribute('data-asks');
      dispatchEvent(new Event('confirmed'));
    });
  await visit(page, PATH);
  await nameField(page).fill('Notebook');
  await addButton(page).click();
  await asks();
  await expect(addButton(page)).toBeDisabled();
  await confirm();
  await expect(rows(page)).toHaveCount(1);

  // Whoever types a code instead.
  await logOut(page);
  await typePassword(page);
  await expectSecondStep(page);
  await useButton(page).click();
  await asks();
  await expect(useButton(page)).toBeDisabled();
  await code(page).fill(app.code(1));
  await page.keyboard.press('Enter');
  await expectLoggedIn(page);
  await confirm();
  await page.getByLabel(filled(common.frame.person, { name: 'Alena Správná' })).click();
  await page.getByRole('link', { name: account.title, exact: true }).click();
  await page.getByRole('link', { name: factor.manage }).click();
  await expect(rows(page)).toHaveCount(1);

  // Whoever leaves the page; the document stays.
  await device.forget();
  await nameField(page).fill('Telefon');
  await addButton(page).click();
  await asks();
  await page.getByRole('main').getByRole('link', { name: account.title, exact: true }).click();
  await expect(page.getByRole('heading', { name: account.title, level: 1 })).toBeVisible();
  await confirm();
  await page.getByRole('link', { name: factor.manage }).click();
  await expect(addButton(page)).toBeEnabled();
});

test.describe('the console has no name', () => {
  test.use({ host: ADDRESS });

  test('the page says why there are no passkeys', async ({ person }) => {
    const page = await person('admin');
    await visit(page, PATH);
    await expect(page.getByRole('heading', { name: passkeys.title, level: 2 })).toBeVisible();
    await expect(page.getByText(common.refusal.no_passkeys, { exact: true })).toBeVisible();
    await expect(nameField(page)).toHaveCount(0);
    await expect(addButton(page)).toHaveCount(0);
    // Codes of an app work anywhere.
    await expect(page.getByRole('button', { name: factor.begin, exact: true })).toBeVisible();
  });
});

test('whoever opens the console by its address instead of its name is told', async ({ world, person }) => {
  const page = await person('admin', { baseURL: world.url.replace('localhost', ADDRESS) });
  const device = await Device.of(page);
  await visit(page, PATH);
  await nameField(page).fill('Notebook');
  await addButton(page).click();
  await expect(said(page, passkeys.unknown)).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  expect(await device.keeps()).toBe(0);
});

for (const language of ['en', 'cs'] as const) {
  test(`both pages in ${language}`, async ({ person }) => {
    // axe looks sixteen times.
    test.setTimeout(120_000);
    const options = { locale: LOCALE[language], reducedMotion: 'reduce' } as const;
    const { account, common } = words(language);
    const page = await person('admin', options);
    const device = await Device.of(page);
    await addPasskey(page, 'Služební notebook', language);
    await device.forget();
    // A name may have no place to break.
    await addPasskey(page, 'modrý_bezpečnostní_klíč_'.repeat(5), language);
    const told = await look(page, 'passkeys');

    await turnOn(page);
    await visit(page, PATH);
    await nameField(page, language).fill('');
    await addButton(page, language).click();
    await expect(page.locator('#field-name-problem')).toHaveText(common.problem.required);
    told.push(...(await look(page, 'problem')));

    // Another browser, whose device has no passkey.
    const other = await person('admin', options);
    await Device.of(other);
    await other.goto('/login/code?next=%2Fusers');
    await expect(useButton(other, language)).toBeVisible();
    told.push(...(await look(other, 'log-in')));
    await useButton(other, language).click();
    await expect(other.getByRole('alert').getByText(account.passkeys.cancelled, { exact: true })).toBeVisible();
    told.push(...(await look(other, 'refused')));
    expect(told).toEqual([]);
  });
}
