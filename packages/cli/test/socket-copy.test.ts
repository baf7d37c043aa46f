import { Scheduler } from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import type { SocketStats } from '@udpng/dgram'
import { expect, it } from 'vitest'
import { ProgramSockets } from '../src/exec/program-sockets.js'

const lost = (loss: number) => ({ lost: { loss, queueFull: 1, blocked: 0 } })

/** Each count is another power of two: so a sum shows what is in it. */
const STATS = {
  transport: 'native',
  local: ['127.0.0.1', 1500],
  received: 1024,
  receivedBytes: 1,
  sent: 1,
  sentBytes: 1,
  failed: { EMSGSIZE: 2, ENETUNREACH: 4 },
  unsent: 8,
  unread: 16,
  receiveErrors: 0,
  refused: 1,
  kernelDrops: { atLeast: 5, about: 6, atMost: 7 },
  impairment: { sent: lost(31), received: lost(63) },
} as unknown as SocketStats

it('EXC-10 the account of a socket has each datagram once: as received, as sent, or as dropped for a reason', () => {
  const program = new Scheduler().activate(new ProgramSockets())
  program.show('A', STATS, 0)
  const account = accountOf(program)
  expect(account).toMatchObject({
    entered: 1024 + 1 + 2 + 4 + 8 + 16 + 32,
    consumed: 1024 - 64 + 1,
    dropped: { EMSGSIZE: 2, ENETUNREACH: 4, unsent: 8, unread: 16, 'lost by --impair': 32 + 64 },
    unaccounted: 0,
    received: 1024,
    sent: 1,
    refused: 1,
    kernelDrops: { atLeast: 5, about: 6, atMost: 7 },
    complete: true,
  })
  program.show('B', { ...STATS, kernelDrops: undefined }, 0)
  expect(accountOf(program)).toMatchObject({ unaccounted: 0, complete: false })
})
