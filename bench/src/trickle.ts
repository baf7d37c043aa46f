import { createSocket } from 'node:dgram'
import { setTimeout } from 'node:timers/promises'
import type { Entrant } from './compare.js'
import type { ReceiverOptions } from './receiver.js'
import type { Numbers } from './worker.js'
import { Worker } from './worker.js'

const HOST = '127.0.0.1'
const PAYLOAD = Buffer.alloc(64, 1)

/** A process that receives one datagram per second: its CPU time for each of them, in microseconds. */
export async function openTrickle(
  by: ReceiverOptions['by'],
  count: number,
  everyMs: number,
): Promise<Entrant> {
  const options: ReceiverOptions = { by, host: HOST, idle: undefined, inspected: undefined }
  const receiver = new Worker('receive', options)
  const { port = 0 } = await receiver.next()
  const socket = createSocket('udp4')
  const send = async (): Promise<void> => {
    socket.send(PAYLOAD, port, HOST)
    await setTimeout(everyMs)
  }
  const ask = (): Promise<Numbers> => receiver.ask('count')
  return {
    async measure() {
      const before = await ask()
      for (let i = 0; i < count; i++) await send()
      const after = await ask()
      const received = (after['received'] ?? 0) - (before['received'] ?? 0)
      return {
        cpuMicroseconds: (1000 * ((after['cpuMs'] ?? 0) - (before['cpuMs'] ?? 0))) / received,
      }
    },
    close() {
      socket.close()
      receiver.end()
    },
  }
}
