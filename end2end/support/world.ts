// A Switchboard of its own for each journey, with a simulated WhatsApp beside it. Both choose their ports
// themselves, so that journeys can run side by side; a server that has a name is given one that is free.

import { expect } from '@playwright/test';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { call } from './http.js';
import { Program, run } from './program.js';
import { type Customer, EXAMPLE, Simulator } from './simulator.js';

const SWITCHBOARD = process.env.SWITCHBOARD_BIN ?? join(import.meta.dirname, '../../target/debug/switchboard');
const SIMULATOR = join(dirname(SWITCHBOARD), 'simulator');

/** Where the server listens, and what browsers call it if a journey gives it no name. */
export const ADDRESS = '127.0.0.1';

/** Everybody's password. */
export const PASSWORD = 'correct horse battery';

export type PickUp = 'manual' | 'auto' | 'none';

export interface Channel {
  id: string;
  webhook_url: string;
  verify_token: string;
}

export interface Session {
  id: string;
  contact: { label: string };
  extension: { number: string; name: string } | null;
  unread: number;
}

export class World {
  /** The channel of a furnished world. */
  channel: Channel | undefined;
  private server: Program | undefined;
  private token = '';
  private earlierLogs = '';

  private constructor(
    readonly simulator: Simulator,
    private readonly folder: string,
    private readonly more: Record<string, string>,
    /** Where the console is. */
    public url: string,
  ) {}

  /** A first start: nobody can log in yet. `host`: what browsers call the console. */
  static async start(settings: Record<string, string> = {}, host = ADDRESS): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-journey-'));
    const simulator = await Simulator.start(SIMULATOR);
    // The server cannot name itself after a port that it has yet to choose.
    const port = host === ADDRESS ? 0 : await freePort();
    const named: Record<string, string> = port === 0 ? {} : { SWITCHBOARD_HTTP__PUBLIC_URL: `http://${host}:${port}` };
    const world = new World(simulator, folder, { ...named, ...settings }, '');
    await world.startServer(`${ADDRESS}:${port}`);
    return world;
  }

  /** Starts the server again where it was, with the data it had. */
  async startServerAgain(): Promise<void> {
    await this.startServer(`${ADDRESS}:${new URL(this.url).port}`);
  }

  async stopServer(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    this.earlierLogs += server?.log ?? '';
    await server?.stop();
  }

  /** The server hangs while `act` runs. */
  async whileItHangs(act: () => Promise<void>): Promise<void> {
    this.server?.hang();
    try {
      await act();
    } finally {
      this.server?.goOn();
    }
  }

  async stop(): Promise<void> {
    try {
      await this.stopServer();
    } finally {
      await this.simulator.stop();
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  /** The link that creates the first administrator. */
  setupLink(): Promise<string> {
    if (!this.server) throw new Error('the server does not run');
    return this.server.says(/create the first administrator at (\S+)/);
  }

  get log(): string {
    return `${this.earlierLogs}${this.server?.log ?? ''}`;
  }

  /** An admin, two operators and their queue, and a channel that was connected as a real one is. */
  async furnish(pickUp: PickUp): Promise<void> {
    await this.command(
      ['person', 'add', '--login', 'admin', '--name', 'Alena Správná', '--password-stdin'],
      `${PASSWORD}\n`,
    );
    await this.addOperator('201', 'Jana Nováková', 'jana');
    await this.addOperator('202', 'Petr Svoboda', 'petr');
    const queue = await this.addQueue('Podpora', ['201', '202'], pickUp);
    this.channel = await this.addChannel('Podpora WhatsApp', EXAMPLE.number, EXAMPLE.numberId, { type: 'queue', id: queue });
  }

  async addOperator(
    number: string,
    name: string,
    login: string,
    role: 'operator' | 'supervisor' = 'operator',
  ): Promise<string> {
    const form = { number, name, login, password: PASSWORD, role };
    return (await this.api<{ id: string }>('POST', 'extensions', form)).id;
  }

  async addQueue(name: string, members: string[], pickUp: PickUp): Promise<string> {
    const { items } = await this.api<{ items: { id: string; number: string }[] }>('GET', 'extensions');
    const ids = items.filter((extension) => members.includes(extension.number)).map((extension) => extension.id);
    return (await this.api<{ id: string }>('POST', 'queues', { name, members: ids, pick_up: pickUp })).id;
  }

  async addChannel(
    name: string,
    phoneNumber: string,
    phoneNumberId: string,
    destination: { type: 'queue' | 'extension'; id: string },
  ): Promise<Channel> {
    const channel = await this.api<Channel>('POST', 'channels', {
      name,
      phone_number: phoneNumber,
      phone_number_id: phoneNumberId,
      waba_id: EXAMPLE.waba,
      access_token: EXAMPLE.token,
      app_secret: EXAMPLE.appSecret,
      destination,
    });
    if (phoneNumberId === EXAMPLE.numberId) {
      await this.simulator.subscribe(channel.webhook_url, channel.verify_token);
    }
    return channel;
  }

  async sessions(): Promise<Session[]> {
    return (await this.api<{ items: Session[] }>('GET', 'sessions?limit=200')).items;
  }

  /** The session that a customer's message opens, as soon as it is there. */
  async sessionOf(customer: Customer): Promise<Session> {
    const find = async () => (await this.sessions()).find((session) => session.contact.label === customer.name);
    await expect.poll(find, `a session of ${customer.name}`).toBeTruthy();
    const session = await find();
    if (!session) throw new Error(`no session of ${customer.name}`);
    return session;
  }

  /** Switchboard's own REST API, as an administrator's script. */
  async api<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    this.token ||= await this.command(['token', 'create', '--name', 'journey', '--scope', 'administer']);
    return call<T>(method, `${this.url}api/v1/${path}`, body, { authorization: `Bearer ${this.token}` });
  }

  private async startServer(listen: string): Promise<void> {
    this.server = new Program(SWITCHBOARD, ['serve'], this.settings(listen));
    this.url = await this.server.says(/serving .*public_url=(\S+)/);
  }

  private command(args: string[], input = ''): Promise<string> {
    return run(SWITCHBOARD, args, this.settings(`${ADDRESS}:0`), input);
  }

  private settings(listen: string): Record<string, string> {
    return {
      SWITCHBOARD_HTTP__LISTEN: listen,
      // So that a browser can come from any address.
      SWITCHBOARD_HTTP__TRUSTED_PROXIES: '["127.0.0.1"]',
      // So that a stream ends soon after a log-out.
      SWITCHBOARD_HTTP__STREAM_CHECK_SECONDS: '1',
      SWITCHBOARD_SECURITY__TOKENS_GIVE: 'supervisor',
      SWITCHBOARD_DATA__DIR: join(this.folder, 'data'),
      SWITCHBOARD_META__GRAPH_URL: this.simulator.url,
      ...this.more,
    };
  }
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, ADDRESS), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
