import { createSocket } from 'node:dgram'
import { DataSource, Pipeline, UDPSender } from 'udpng'
import { answer, tell, times } from './words.js'

/** What a sender is told. */
export interface SenderOptions {
  readonly by: 'bare' | 'connected' | 'udpng'
  readonly port: number
  /** Bytes of each datagram. */
  readonly size: number
}

const HOST = '127.0.0.1'
/** Sends that the bare loop keeps in flight: more make it no faster. */
const IN_FLIGHT = 256

/** The job of a worker: sends as fast as it can from `start` to `stop`; tells how many whenever it is asked. */
export function send({ by, port, size }: SenderOptions): void {
  const payload = Buffer.alloc(size, 1)
  const { sent, start, stop } =
    by === 'udpng' ? sendByComponents(port, payload) : sendBare(port, payload, by === 'connected')
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

interface Sending {
  readonly sent: () => number
  readonly start: () => Promise<void>
  /** Resolves when all that was sent is with the system. */
  readonly stop: () => Promise<void>
}

/** The usual program, written with care: so many sends in flight, the next ones when all of these are out. */
function sendBare(port: number, payload: Buffer, connected: boolean): Sending {
  const socket = createSocket('udp4')
  const ready = new Promise<void>((resolve) => {
    if (connected) socket.connect(port, HOST, resolve)
    else socket.bind(0, resolve) // to all addresses, as a UDPSender is: the kernel then looks for a source address each time
  })
  let sent = 0
  let inFlight = 0
  let stopped: (() => void) | undefined
  const done = (error: Error | null): void => {
    if (error) throw error
    sent++
    // Not at once: callbacks of sends that succeed at once come before anything else gets a turn.
    if (--inFlight === 0) setImmediate(stopped ?? fill)
  }
  const fill = (): void => {
    for (; inFlight < IN_FLIGHT; inFlight++)
      if (connected) socket.send(payload, done)
      else socket.send(payload, port, HOST, done)
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

function sendByComponents(port: number, payload: Buffer): Sending {
  let stopped = false
  let before = 0
  let sender: UDPSender | undefined
  let run: Promise<void> | undefined
  function* payloads(): Generator<Buffer, void, void> {
    while (!stopped) yield payload
  }
  return {
    sent: () => before + (sender?.stats.sent ?? 0),
    start: async () => {
      stopped = false
      sender = new UDPSender({ receiverAddr: HOST, receiverPort: port, transport: 'dgram' })
      run = new Pipeline(new DataSource(payloads()), sender).run()
    },
    stop: async () => {
      stopped = true
      await run
      before += sender?.stats.sent ?? 0
      sender = undefined
    },
  }
}
