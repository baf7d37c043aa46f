import { createSocket } from 'node:dgram'
import { DataSource, type Letter, Pipeline, PostboxPeer, UDPSender } from 'udpng'
import { destination, type Load } from './load.js'
import { answer, tell, times } from './words.js'

/** What a sender is told. */
export interface SenderOptions {
  readonly by: 'bare' | 'connected' | 'dgram' | 'native'
  readonly port: number
  readonly load: Load
}

/** Sends that the bare loop keeps in flight: more make it no faster. */
const IN_FLIGHT = 256

/** The job of a worker: sends as fast as it can from `start` to `stop`; tells how many whenever it is asked. */
export function send({ by, port, load }: SenderOptions): void {
  const { sent, start, stop } =
    by === 'bare' || by === 'connected'
      ? sendBare(port, load, by === 'connected')
      : sendByComponents(port, load, by)
  const count = () => ({ ...times(), sent: sent() })
  answer({
    count,
    start: async () => {
      await start()
      return {}
    },
    stop: async () => {
      await stop()
      return count()
    },
  })
  tell({})
}

/** Payloads and addresses, each to be taken in turn. */
function prepare(load: Load): { payloads: readonly Buffer[]; hosts: readonly string[] } {
  return {
    payloads: load.sizes.map((size) => Buffer.alloc(size, 1)),
    hosts: Array.from({ length: load.destinations }, (_, i) => destination(i, load)),
  }
}

interface Sending {
  readonly sent: () => number
  readonly start: () => Promise<void>
  /** Resolves when all that was sent is with the system. */
  readonly stop: () => Promise<void>
}

/** The usual program, written with care: so many sends in flight, the next ones when all of these are out. */
function sendBare(port: number, load: Load, connected: boolean): Sending {
  const { payloads, hosts } = prepare(load)
  const socket = createSocket('udp4')
  const ready = new Promise<void>((resolve) => {
    if (connected) socket.connect(port, hosts[0] as string, resolve)
    else socket.bind(0, resolve) // to all addresses, as a UDPSender is: the kernel then looks for a source address each time
  })
  let sent = 0
  let inFlight = 0
  let turn = 0
  let stopped: (() => void) | undefined
  const done = (error: Error | null): void => {
    if (error) throw error
    sent++
    // Not at once: callbacks of sends that succeed at once come before anything else gets a turn.
    if (--inFlight === 0) setImmediate(stopped ?? fill)
  }
  const fill = (): void => {
    for (; inFlight < IN_FLIGHT; inFlight++, turn++) {
      const payload = payloads[turn % payloads.length] as Buffer
      if (connected) socket.send(payload, done)
      else socket.send(payload, port, hosts[turn % hosts.length], done)
    }
  }
  return {
    sent: () => sent,
    start: async () => {
      await ready
      stopped = undefined
      fill()
    },
    stop: () =>
      new Promise((resolve) => {
        stopped = resolve
      }),
  }
}

function sendByComponents(port: number, load: Load, transport: 'dgram' | 'native'): Sending {
  const { payloads, hosts } = prepare(load)
  let stopped = false
  let before = 0
  let sender: UDPSender | PostboxPeer | undefined
  let run: Promise<void> | undefined
  function* messages(): Generator<Buffer, void, void> {
    for (let turn = 0; !stopped; turn++) yield payloads[turn % payloads.length] as Buffer
  }
  function* letters(): Generator<Letter, void, void> {
    for (let turn = 0; !stopped; turn++)
      yield [hosts[turn % hosts.length] as string, port, payloads[turn % payloads.length] as Buffer]
  }
  const toOne = (): Pipeline<[DataSource<Buffer>, UDPSender]> => {
    const [receiverAddr = ''] = hosts
    const peer = new UDPSender({ receiverAddr, receiverPort: port, transport })
    sender = peer
    return new Pipeline(new DataSource(messages()), peer)
  }
  const toMany = (): Pipeline<[DataSource<Letter>, PostboxPeer]> => {
    const peer = new PostboxPeer({ transport, onProducerFinished: 'drain' })
    sender = peer
    return new Pipeline(new DataSource(letters()), peer)
  }
  return {
    sent: () => before + (sender?.stats.sent ?? 0),
    start: async () => {
      stopped = false
      run = (hosts.length === 1 ? toOne() : toMany()).run()
    },
    stop: async () => {
      stopped = true
      await run
      before += sender?.stats.sent ?? 0
      sender = undefined
    },
  }
}
