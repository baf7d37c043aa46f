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

/** The job of a worker: sends as fast as it can until told to stop; tells how many whenever it is asked. */
export function send({ by, port, size }: SenderOptions): void {
  const payload = Buffer.alloc(size, 1)
  const { sent, stop } =
    by === 'udpng' ? sendByComponents(port, payload) : sendBare(port, payload, by === 'connected')
  answer({
    count: () => ({ ...times(), sent: sent() }),
    stop: async () => {
      await stop()
      return { sent: sent() }
    },
  })
  tell({})
}

interface Sending {
  readonly sent: () => number
  readonly stop: () => Promise<void>
}

/** The usual program, written with care: so many sends in flight, the next ones when all of these are out. */
function sendBare(port: number, payload: Buffer, connected: boolean): Sending {
  const socket = createSocket('udp4')
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
  if (connected) socket.connect(port, HOST, fill)
  else socket.bind(0, HOST, fill)
  return {
    sent: () => sent,
    stop: () =>
      new Promise((resolve) => {
        stopped = resolve
      }),
  }
}

function sendByComponents(port: number, payload: Buffer): Sending {
  let stopped = false
  function* payloads(): Generator<Buffer, void, void> {
    while (!stopped) yield payload
  }
  const sender = new UDPSender({ receiverAddr: HOST, receiverPort: port, transport: 'dgram' })
  const run = new Pipeline(new DataSource(payloads()), sender).run()
  return {
    sent: () => sender.stats.sent,
    stop: () => {
      stopped = true
      return run
    },
  }
}
