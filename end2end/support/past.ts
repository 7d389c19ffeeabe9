// Pictures need a past. This proxy stands between the simulator and Switchboard, as Meta's callback. It gives messages
// another time, and content that the simulator's customers cannot write.

import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as read } from 'node:stream/consumers';
import { type Customer, EXAMPLE, type Simulator } from './simulator.js';
import type { Channel } from './world.js';

interface Writer {
  name: string;
  waId: string;
}

/** Delivers many messages of one customer at once, as Meta does after a delay: each with its own time. */
export async function wroteMany(
  channel: Channel,
  customer: Writer,
  messages: { at: Date; text: string }[],
): Promise<void> {
  await deliver(
    channel,
    messages.map((message) => ({ customer, ...message })),
  );
}

/** Delivers messages of many customers. */
export async function deliver(
  channel: Channel,
  all: { customer: Writer; at: Date; text: string }[],
): Promise<void> {
  for (let from = 0; from < all.length; from += 500) {
    const some = all.slice(from, from + 500);
    const writers = new Map(some.map(({ customer }) => [customer.waId, customer.name]));
    const value = {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: EXAMPLE.number, phone_number_id: EXAMPLE.numberId },
      contacts: [...writers].map(([wa_id, name]) => ({ profile: { name }, wa_id })),
      messages: some.map(({ customer, at, text }) => ({
        from: customer.waId,
        id: `wamid.${randomUUID()}`,
        timestamp: String(Math.floor(at.getTime() / 1000)),
        type: 'text',
        text: { body: text },
      })),
    };
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: EXAMPLE.waba, changes: [{ field: 'messages', value }] }],
    });
    const signature = createHmac('sha256', EXAMPLE.appSecret).update(body).digest('hex');
    const answer = await fetch(channel.webhook_url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
      body,
    });
    if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`);
  }
}

interface Delivery {
  entry: { changes: { value: { metadata: { phone_number_id: string }; messages?: Message[] } }[] }[];
}
type Message = Record<string, unknown>;
type Change = (message: Message, metadata: { phone_number_id: string }) => void;

export class Past {
  private change: Change | undefined;
  private passed: () => void = () => undefined;

  private constructor(
    private readonly simulator: Simulator,
    private readonly server: Server,
  ) {}

  static async start(simulator: Simulator, channel: Channel): Promise<Past> {
    const server = createServer((request, answer) => {
      void (async () => {
        const query = new URL(request.url ?? '/', 'http://localhost').search;
        const body = request.method === 'POST' ? past.rewritten(await read(request)) : undefined;
        const signature = createHmac('sha256', EXAMPLE.appSecret).update(body ?? '').digest('hex');
        const passed = await fetch(`${channel.webhook_url}${query}`, {
          method: request.method,
          headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
          body,
        });
        answer.writeHead(passed.status).end(await passed.text());
        if (body?.includes('"messages":[')) past.passed();
      })();
    });
    const past = new Past(simulator, server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await simulator.subscribe(`http://127.0.0.1:${port}/`, channel.verify_token);
    return past;
  }

  /** The customer wrote `minutesAgo` minutes ago. */
  async wrote(customer: Customer, minutesAgo: number, text: string, content: Message = {}): Promise<void> {
    const seconds = Math.floor(Date.now() / 1000 - minutesAgo * 60);
    await this.says(customer, text, (message) => {
      Object.assign(message, { timestamp: String(seconds) }, content);
      if ('type' in content) delete message.text;
    });
  }

  /** Somebody writes to a number that no channel has. */
  async wroteToNobody(customer: Customer, text: string): Promise<void> {
    await this.says(customer, text, (_, metadata) => (metadata.phone_number_id = '300000000000099'));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async says(customer: Customer, text: string, change: Change): Promise<void> {
    this.change = change;
    const passed = new Promise<void>((resolve) => (this.passed = resolve));
    await this.simulator.says(customer, text);
    await passed;
  }

  private rewritten(body: string): string {
    const delivery = JSON.parse(body) as Delivery;
    for (const { value } of delivery.entry.flatMap((entry) => entry.changes)) {
      value.messages?.forEach((message) => this.change?.(message, value.metadata));
    }
    return JSON.stringify(delivery);
  }
}
