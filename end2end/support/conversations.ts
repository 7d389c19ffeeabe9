// A believable morning at a small shop: customers in every state that a picture should show. Nobody here exists;
// the numbers are from a range that is never assigned.

import { expect } from '@playwright/test';
import { Past } from './past.js';
import type { Customer } from './simulator.js';
import type { World } from './world.js';

interface Message {
  id: string;
  status: string | null;
  wamid: string | null;
  text: { body: string } | null;
}

/** Gives the session that a picture should have open. */
export async function aMorning(world: World): Promise<string> {
  const { simulator, channel } = world;
  if (!channel) throw new Error('only a furnished world has mornings');
  const past = await Past.start(simulator, channel);
  try {
    return await live(world, past);
  } finally {
    await past.stop();
    await simulator.subscribe(channel.webhook_url, channel.verify_token);
  }
}

async function live(world: World, past: Past): Promise<string> {
  const { simulator } = world;
  let number = 420800555300;
  const customer = (name: string) => simulator.addCustomer(name, String(++number));
  const lukas = await customer('Lukáš Beneš');
  await past.wrote(lukas, 26 * 60, 'Dobrý den, opravujete i starší kávovary?');
  const marie = await customer('Marie Pokorná');
  await past.wrote(marie, 95, 'Dobrý den, jakou máte dnes otevírací dobu?');
  const tom = await customer('Tom Wright');
  await past.wrote(tom, 52, 'Hi! Do you ship the travel grinder to Ireland?');
  const ondrej = await customer('Ondřej Šimek');
  await past.wrote(ondrej, 31, 'Objednávka 20417 – přišel mi jiný mlýnek, než jsem chtěl.');
  await past.wrote(ondrej, 30, 'photo', {
    type: 'image',
    image: { id: '1024', mime_type: 'image/jpeg', sha256: 'c2hh', caption: 'Tohle bylo v krabici' },
  });
  const eva = await customer('Eva Horáková');
  await past.wrote(eva, 18, 'voice', {
    type: 'audio',
    audio: { id: '1025', mime_type: 'audio/ogg; codecs=opus', sha256: 'c2hh', voice: true },
  });
  const karel = await customer('Karel Dvořák');
  await past.wrote(karel, 12, 'Dobrý den, objednal jsem v pondělí a balík ještě nedorazil.');
  await past.wrote(karel, 11, 'Můžete se prosím podívat, kde je? Objednávka *20388*.');
  const anna = await customer('Anna Lindqvist');
  await past.wrote(anna, 4, 'Hello, is the repair of my espresso machine finished?');
  const jakub = await customer('Jakub Veselý');
  await past.wrote(jakub, 1, 'Dobrý den, chci vrátit zboží. Jak mám postupovat?');
  await past.wroteToNobody(jakub, 'Haló?');

  const withMarie = await pickUp(world, marie, '201');
  await answer(world, withMarie, 'Dobrý den, dnes do 18 hodin. Budeme se těšit!');
  await simulator.reads(marie);
  await world.api('POST', `sessions/${withMarie}/close`);
  const withTom = await pickUp(world, tom, '202');
  await answer(world, withTom, 'Hi Tom, yes – three to five working days, 14 € for the parcel.');
  const withOndrej = await pickUp(world, ondrej, '201');
  await simulator.fault({ target: 'send', kind: 'error_code', code: 131026, http: 400 });
  await answer(world, withOndrej, 'To nás mrzí. Správný mlýnek pošleme ještě dnes.');
  const withKarel = await pickUp(world, karel, '201');
  await answer(world, withKarel, 'Dobrý den, hned se podívám.');
  await answer(world, withKarel, 'Balík 20388 leží od rána na depu v Brně, kurýr ho přiveze *dnes do 16 hodin*.');
  await simulator.reads(karel);
  await past.wrote(karel, -1 / 60, 'Výborně, děkuji za rychlou odpověď!');

  const wamid = async (session: string, text: string) => {
    const { items } = await world.api<{ items: Message[] }>('GET', `sessions/${session}/messages`);
    return items.find((message) => message.text?.body.includes(text))?.wamid ?? '';
  };
  const reacts = { message_id: await wamid(withKarel, 'hned se podívám'), emoji: '👍' };
  await past.wrote(karel, 0, 'reaction', { type: 'reaction', reaction: reacts });
  const edit = {
    original_message_id: await wamid(withKarel, '20388*.'),
    message: { type: 'text', text: { body: 'Můžete se prosím podívat, kde je? Objednávka *20389*.' } },
  };
  await past.wrote(karel, 0, 'edit', { type: 'edit', edit });
  await past.wrote(karel, 10, 'Prosím, spěchá to!');
  await expect.poll(() => wamid(withKarel, 'spěchá')).not.toBe('');
  const revoke = { original_message_id: await wamid(withKarel, 'spěchá') };
  await past.wrote(karel, 0, 'revoke', { type: 'revoke', revoke });
  const stray = { message_id: 'wamid.of.an.older.session', emoji: '🙏' };
  await past.wrote(karel, 0, 'reaction', { type: 'reaction', reaction: stray });

  const sales = await world.addQueue('Prodej', ['202'], 'auto');
  await world.addChannel('Prodej', '+420 800 555 011', '300000000000011', { type: 'queue', id: sales });
  const { items } = await world.api<{ items: { id: string; number: string }[] }>('GET', 'extensions');
  const jana = items.find((extension) => extension.number === '201')?.id ?? '';
  await world.addChannel('Reklamace', '+420 800 555 012', '300000000000012', { type: 'extension', id: jana });
  return withKarel;
}

async function pickUp(world: World, who: Customer, extension: string): Promise<string> {
  const { id } = await world.sessionOf(who);
  await world.api('POST', `sessions/${id}/pick-up`, { extension });
  return id;
}

/** Answers, and waits until the outcome is known. */
async function answer(world: World, session: string, body: string): Promise<void> {
  const path = `sessions/${session}/messages`;
  const { id } = await world.api<Message>('POST', path, { type: 'text', text: { body } });
  const status = async () => {
    const { items } = await world.api<{ items: Message[] }>('GET', path);
    return items.find((message) => message.id === id)?.status;
  };
  await expect.poll(status).toMatch(/delivered|read|failed/);
}
