import {
  type Addressed,
  dgramTransport,
  LOCAL,
  type LocalOptions,
  ReceivingPeer,
} from '@udpng/basic-peer'
import { Inbox, Outbox } from '@udpng/core'
import type { Address, Datagram, Payload } from '@udpng/datagram'
import {
  describeAddresses,
  describeBinding,
  describeCounters,
  describeDatagrams,
  describeFlow,
  describeMulticast,
  describeNames,
  describeShutdown,
} from '@udpng/transport-tests'
import type { Kind } from '@udpng/transport-tests/tools'
import { describe, expect, it } from 'vitest'
import { supports } from './dgram-supports.js'

/** A message with its destination, in a custom form. */
interface Envelope {
  readonly to: Address
  readonly data: Payload
}

/** It says what goes where, and nothing else. */
class EnvelopePeer extends ReceivingPeer {
  override readonly inbox: Inbox<Envelope> = new Inbox('Envelopes')
  override readonly outbox: Outbox<Datagram> = new Outbox('Datagrams')

  constructor(options: LocalOptions = {}) {
    super(options, LOCAL)
  }

  protected override take(): Addressed | undefined {
    const envelope = this.inbox.recv()
    return envelope && { host: envelope.to[0], port: envelope.to[1], data: envelope.data }
  }
}

const envelopePeer: Kind = {
  name: 'EnvelopePeer',
  receives: true,
  sends: true,
  create: (options) => new EnvelopePeer(options),
  message: (data, to) => ({ to, data }),
}

describe('BAS-06 a custom peer', () => {
  it('BAS-06 says only what goes where', () => {
    expect(Object.getOwnPropertyNames(EnvelopePeer.prototype)).toEqual(['constructor', 'take'])
  })

  const own = [envelopePeer]
  describeBinding(dgramTransport, 4, supports, own)
  describeAddresses(dgramTransport, 4, supports, own)
  describeMulticast(dgramTransport, 4, { name: 'lo', address: '127.0.0.1' }, own)
  describeDatagrams(dgramTransport, 4, own)
  describeNames(dgramTransport, 4, own)
  describeFlow(dgramTransport, 4, own)
  describeShutdown(dgramTransport, 4, own)
  describeCounters(dgramTransport, 4, own)
})
