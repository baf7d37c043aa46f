import { createSocket, type Socket } from 'node:dgram'
import * as batched from '@udpng/dgram'
import { nativeTransport } from '@udpng/native'
import {
  Component,
  type Datagram,
  type DatagramSocket,
  Graphline,
  Inbox,
  type Letter,
  type Main,
  noStats,
  Outbox,
  PostboxPeer,
  SimplePeer,
  Transformer,
} from 'udpng'
import type { Entrant } from './compare.js'
import { quantile } from './statistics.js'
import { answer, tell } from './words.js'
import { Worker } from './worker.js'

/** `transport`: the native one without components; `unchanged`: the bare program on `@udpng/dgram`. */
type By = 'bare' | 'unchanged' | 'dgram' | 'native' | 'transport'

const HOST = '127.0.0.1'
const PAYLOAD = Buffer.alloc(64, 1)

/** Two processes: in its turn, one sends a datagram and waits for the other's answer, over and over again. */
export async function openPingPong(by: By, rounds: number): Promise<Entrant> {
  const pong = new Worker('pong', { by })
  const { port = 0 } = await pong.next()
  const ping = new Worker('ping', { by, port, rounds } satisfies PingOptions)
  await ping.next()
  return {
    measure: () => ping.ask('measure'),
    close() {
      ping.end()
      pong.end()
    },
  }
}

/** The job of a worker: answers every datagram with the same. */
export async function pong({ by }: { by: By }): Promise<void> {
  if (by === 'bare' || by === 'unchanged') {
    const socket = socketOf(by)
    socket.on('message', (data, { address, port }) => socket.send(data, port, address))
    socket.bind(0, HOST, () => tell({ port: socket.address().port }))
    return
  }
  if (by === 'transport') {
    const socket = openSocket((data, [host, port]) => socket.send([{ host, port, data }]))
    tell({ port: socket.address[1] })
    return
  }
  const peer = new PostboxPeer({ localAddr: HOST, transport: by })
  const answer = new Transformer(([data, [host, port]]: Datagram): Letter => [host, port, data])
  void new Graphline(
    { UDP: peer, ANSWER: answer },
    { 'UDP.outbox': 'ANSWER.inbox', 'ANSWER.outbox': 'UDP.inbox' },
  ).run()
  const [, port] = await peer.bound
  tell({ port })
}

/** The options of a worker that pings. */
interface PingOptions {
  readonly by: By
  readonly port: number
  readonly rounds: number
}

/** The job of a worker: measures the number of rounds in each request. */
export function ping({ by, port, rounds }: PingOptions): void {
  answer({
    measure: async () => {
      const times = await (by === 'bare' || by === 'unchanged'
        ? pingBare(by, port, rounds)
        : by === 'transport'
          ? pingByTransport(port, rounds)
          : pingByComponents(by, port, rounds))
      const microseconds = times.map((ms) => ms * 1000)
      return { p50: quantile(microseconds, 0.5), p99: quantile(microseconds, 0.99) }
    },
  })
  tell({})
}

function socketOf(by: 'bare' | 'unchanged'): Socket {
  return by === 'bare' ? createSocket('udp4') : batched.createSocket('udp4')
}

function pingBare(by: 'bare' | 'unchanged', port: number, rounds: number): Promise<number[]> {
  const times: number[] = []
  const socket = socketOf(by)
  let sent = 0
  const send = (): void => {
    sent = performance.now()
    socket.send(PAYLOAD, port, HOST)
  }
  return new Promise((resolve) => {
    socket.on('message', () => {
      times.push(performance.now() - sent)
      if (times.length < rounds) send()
      else socket.close(() => resolve(times))
    })
    socket.bind(0, HOST, send)
  })
}

/** A socket of the native transport, whose datagrams go to a listener. */
function openSocket(onDatagram: (...datagram: Datagram) => void): DatagramSocket {
  const socket = nativeTransport().open({
    family: 4,
    host: HOST,
    port: 0,
    receive: true,
    stats: noStats(),
    onFailed(_, error) {
      throw error
    },
    onSettled() {},
  })
  const read = (): void => {
    socket.watch('read', read)
    for (const datagram of socket.read(256)) onDatagram(...datagram)
  }
  socket.watch('read', read)
  return socket
}

function pingByTransport(port: number, rounds: number): Promise<number[]> {
  const times: number[] = []
  let sent = 0
  return new Promise((resolve) => {
    const socket = openSocket(() => {
      times.push(performance.now() - sent)
      if (times.length < rounds) return send()
      socket.close()
      resolve(times)
    })
    const send = (): void => {
      sent = performance.now()
      socket.send([{ host: HOST, port, data: PAYLOAD }])
    }
    send()
  })
}

class Pinger extends Component {
  readonly inbox: Inbox<Datagram> = new Inbox('Answers')
  readonly outbox: Outbox<Buffer> = new Outbox('Pings')
  readonly times: number[] = []
  readonly #rounds: number

  constructor(rounds: number) {
    super()
    this.#rounds = rounds
  }

  override *main(): Main {
    while (this.times.length < this.#rounds) {
      const sent = performance.now()
      this.outbox.send(PAYLOAD)
      do yield this.pause()
      while (!this.inbox.ready)
      this.inbox.recv()
      this.times.push(performance.now() - sent)
    }
  }
}

async function pingByComponents(
  transport: 'dgram' | 'native',
  port: number,
  rounds: number,
): Promise<number[]> {
  const pinger = new Pinger(rounds)
  const peer = new SimplePeer({
    localAddr: HOST,
    receiverAddr: HOST,
    receiverPort: port,
    onProducerFinished: 'drain',
    transport,
  })
  await new Graphline(
    { PING: pinger, UDP: peer },
    { 'PING.outbox': 'UDP.inbox', 'UDP.outbox': 'PING.inbox', 'PING.signal': 'UDP.control' },
  ).run()
  return pinger.times
}
