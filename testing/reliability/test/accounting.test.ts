import { dgramTransport, exactly, noStats, type PeerStats } from '@udpng/basic-peer'
import { accountOf, describeAccounts, discrepancy, isLong, unaccounted } from 'reliability'
import { describe, expect, it } from 'vitest'

describe('the account itself', () => {
  const sender: PeerStats = { ...noStats(), sent: 10, failed: { BAD_MESSAGE: 2 } }
  const receiver: PeerStats = {
    ...noStats(),
    received: 4,
    dropped: { unsent: 0, unread: 1, readBufferFull: 2, lookupQueueFull: 0, foreign: 0 },
    kernelDrops: exactly(3),
  }

  it('REL-07 adds up over all who send and all who receive', () => {
    expect(accountOf([sender], [receiver]).missing).toBe(0)
    expect(accountOf([sender, sender], [receiver, receiver])).toMatchObject({
      sent: 20,
      received: 8,
      dropped: { unread: 2, readBufferFull: 4, kernel: exactly(6) },
      missing: 0,
    })
    expect(unaccounted(13, { ...sender, dropped: { ...sender.dropped, unsent: 1 } })).toBe(0)
  })

  it('REL-07 reports what is missing, and what came from nowhere', () => {
    const lost = accountOf([{ ...sender, sent: 11 }], [receiver])
    expect(discrepancy(lost)).toMatch(/^1 are missing: 11 sent = 4 received \+ 3 dropped/)
    expect(discrepancy(accountOf([{ ...sender, sent: 9 }], [receiver]))).toMatch(/^-1 are/)
  })

  it('REL-07 STA-06 takes what is within the bounds of the kernel drops, and no datagram more or less', () => {
    const about = { ...receiver, kernelDrops: { atLeast: 3, atMost: 6, about: 4 } }
    const missing = (sent: number): number => accountOf([{ ...sender, sent }], [about]).missing
    expect([9, 10, 11, 13, 14].map(missing)).toEqual([-1, 0, 0, 0, 1])
    expect(discrepancy(accountOf([{ ...sender, sent: 14 }], [about]))).toMatch(
      /^1 are missing: 14 sent = 4 received \+ 3 to 6 \(about 4\) dropped by the kernel/,
    )
  })
})

/** 1e6 datagrams in the fast run, 1e7 in the long one. */
const scale = isLong ? 10 : 1

describeAccounts(dgramTransport, {
  paced: 200_000 * scale,
  'flooding a small receive buffer': 400_000 * scale,
  'a slow reader': 300_000 * scale,
  'closing with some unread': 10_000 * scale,
  'closing in the middle': 110_000 * scale,
})
