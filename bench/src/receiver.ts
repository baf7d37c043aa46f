import { createSocket } from 'node:dgram'
import * as batched from '@udpng/dgram'
import { Component, type Datagram, Inbox, type Main, Pipeline, UDPReceiver } from 'udpng'
import { schedulerFor } from './inspected.js'
import type { Load } from './load.js'
import { Idle } from './paused.js'
import { answer, tell, times } from './words.js'

/** The options of a receiver. */
export interface ReceiverOptions {
  readonly by: 'bare' | 'unchanged' | 'dgram' | 'native' | 'native, exactDrops'
  /** Where it is bound. */
  readonly host: string
  /** What is queued beside it. */
  readonly idle: Load['idle']
  readonly inspected: Load['inspected']
}

/** So that a moment's pause of either process drops nothing; the kernel may give less. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

class Count extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Datagrams')
  received = 0
  bytes = 0

  override *main(): Main {
    for (;;) {
      for (const [data] of this.inbox) {
        this.received++
        this.bytes += data.length
      }
      if (this.readControl()) return
      yield this.pause()
    }
  }
}

/** The job of a worker: reports its port, then on each request the number of datagrams received. */
export async function receive({ by, host, idle, inspected }: ReceiverOptions): Promise<void> {
  const { port, page, count } = await (by === 'bare' || by === 'unchanged'
    ? receiveBare(host, by)
    : receiveByComponents(by, host, idle, inspected))
  answer({ count: () => ({ ...times(), ...count() }) })
  tell({ port, ...(page !== undefined && { page }) })
}

interface Receiving {
  readonly port: number
  /** Of its inspector. */
  readonly page?: number
  /** `dropped` is NaN when it is not known. */
  readonly count: () => { received: number; bytes: number; dropped: number }
}

/** The usual program: a counter in a listener. */
function receiveBare(host: string, by: 'bare' | 'unchanged'): Promise<Receiving> {
  const create = by === 'unchanged' ? batched.createSocket : createSocket
  let received = 0
  let bytes = 0
  const socket = create({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES })
  socket.on('message', (data) => {
    received++
    bytes += data.length
  })
  return new Promise((resolve) => {
    socket.bind(0, host, () => {
      const { port } = socket.address()
      resolve({ port, count: () => ({ received, bytes, dropped: Number.NaN }) })
    })
  })
}

async function receiveByComponents(
  by: Exclude<ReceiverOptions['by'], 'bare' | 'unchanged'>,
  localAddr: string,
  { sockets, components }: NonNullable<Load['idle']> = { sockets: 0, components: 0 },
  inspected?: Load['inspected'],
): Promise<Receiving> {
  const transport = by === 'dgram' ? 'dgram' : 'native'
  const exactDrops = by === 'native, exactDrops'
  const recvBufferSize = RECEIVE_BUFFER_BYTES
  const receiver = new UDPReceiver({ localAddr, recvBufferSize, transport, exactDrops })
  const counter = new Count()
  const { scheduler, page } = await schedulerFor(inspected)
  scheduler.activate(new Pipeline(receiver, counter))
  for (let i = 0; i < sockets; i++)
    scheduler.activate(new UDPReceiver({ localAddr: '127.0.0.1', transport }))
  for (let i = 0; i < components; i++) scheduler.activate(new Idle())
  void scheduler.run()
  const [, port] = await receiver.bound
  const count = () => {
    const { kernelDrops, dropped } = receiver.stats
    const { received, bytes } = counter
    return { received, bytes, dropped: (kernelDrops?.about ?? Number.NaN) + dropped.readBufferFull }
  }
  return { port, ...(page !== undefined && { page }), count }
}
