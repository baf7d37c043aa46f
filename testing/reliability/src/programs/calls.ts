import { Socket } from 'node:dgram'
import type { TransportChoice } from '@udpng/basic-peer'
import { eventually } from 'test-support'
import { statement, unaccounted } from '../accounting.js'
import { Random } from '../random.js'
import { Traffic } from '../traffic.js'
import { ERRNO, strike } from './faulty-addon.js'
import type { Outcome } from './outcome.js'

type Code = keyof typeof ERRNO
type Call = 'send' | 'receive'

/** Below what any receive buffer holds. */
const BURST = 50
const MAX_STRUCK = 20
const CODES = ['EPERM', 'EINTR', 'EIO', 'EAGAIN', 'ENOMEM', 'ENETUNREACH', 'ENOBUFS'] as const

/** What makes calls of a transport fail. */
interface Striker {
  /** The next `count` calls fail with this. */
  strike(call: Call, code: Code, times: number): void
  /** No more do. */
  lift(): void
}

/** Sends and receives while system calls fail, a few at a time, in every way. */
export async function calls(transport: TransportChoice, times = '', seed = ''): Promise<Outcome> {
  const striker = transport === 'native' ? onNative : onDgram()
  const random = new Random(Number(seed))
  const traffic = await Traffic.begin(transport, { capacity: Infinity })
  const { sender, receiver, got } = traffic
  const recoveryMs: number[] = []
  const wrong: string[] = []
  let put = 0
  let last = -1
  const allKnown = (): boolean =>
    unaccounted(put, sender.stats) === 0 && traffic.account.missing === 0
  /** Sends `count`, waits until all are accounted for, and returns how many have come. */
  const burst = async (count: number, what: string): Promise<number> => {
    const { received } = receiver.stats
    for (let i = 0; i < count; i++) sender.inbox.deliver(Buffer.from(`${put++}`))
    await eventually(allKnown, () => `with ${what}, that ${statement(traffic.account)}`)
    for (const [data] of got) {
      const number = Number(data)
      if (number <= last) wrong.push(`with ${what}, ${number} came after ${last}`)
      last = number
    }
    return receiver.stats.received - received
  }
  for (let i = 0; i < Number(times); i++)
    for (const call of ['send', 'receive'] as const)
      for (const code of CODES) {
        const struck = 1 + random.roll(MAX_STRUCK)
        striker.strike(call, code, struck)
        await burst(BURST, `${struck} times ${code} of ${call}`)
        striker.lift()
        const begin = performance.now()
        const came = await burst(10, 'nothing')
        recoveryMs.push(performance.now() - begin)
        if (came !== 10) wrong.push(`after ${code} of ${call}, ${came} of 10 came`)
      }
  // They did fail; those are left out that are tried again.
  const failures = Object.keys(sender.stats.failed)
  for (const code of ['EPERM', 'ENOMEM', 'ENETUNREACH', 'ENOBUFS'])
    if (!failures.includes(code)) wrong.push(`no datagram failed with ${code}`)
  if (receiver.stats.receiveErrors === 0) wrong.push('there was no receive error')
  await traffic.end()
  return { recoveryMs, wrong }
}

const onNative: Striker = {
  strike(call, code, times) {
    strike(`${call === 'send' ? 'sendmmsg' : 'recvmmsg'},any,1,${times},${ERRNO[code]}`)
  },
  lift() {
    strike()
  },
}

/** Stands between `node:dgram` and who uses it. */
function onDgram(): Striker {
  const sockets: Socket[] = []
  let left = 0
  let error: NodeJS.ErrnoException
  const { bind, send } = Socket.prototype
  Socket.prototype.bind = function (this: Socket, ...args: unknown[]) {
    sockets.push(this)
    return (bind as (...args: unknown[]) => Socket).apply(this, args)
  }
  Socket.prototype.send = function (this: Socket, ...args: unknown[]) {
    if (left === 0) return (send as (...args: unknown[]) => void).apply(this, args)
    left--
    process.nextTick(args.at(-1) as (error: Error) => void, error)
  }
  return {
    strike(call, code, times) {
      error = Object.assign(new Error(`${call} ${code}`), { code, syscall: call })
      if (call === 'send') left = times
      else for (const socket of sockets) for (let i = 0; i < times; i++) socket.emit('error', error)
    },
    lift() {
      left = 0
    },
  }
}
