// A program that hears of events: it keeps what it was sent, and answers as it is told.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ADDRESS } from './world.js';

export class Receiver {
  /** The types of the events that came. */
  readonly got: string[] = [];
  status = 200;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      void text(request).then((body) => {
        receiver.got.push((JSON.parse(body) as { type: string }).type);
        response.writeHead(receiver.status).end('Heard');
      });
    });
    await once(server.listen(0, ADDRESS), 'listening');
    return receiver;
  }

  get address(): string {
    return `http://${ADDRESS}:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }
}
