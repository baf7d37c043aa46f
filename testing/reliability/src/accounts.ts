import type { DatagramTransport } from '@udpng/basic-peer'
import { describe, expect, it } from 'vitest'
import { discrepancy, statement } from './accounting.js'
import { conditions } from './conditions.js'
import { finding } from './finding.js'

/** How many datagrams are sent under each condition. */
export type Counts = Readonly<Record<string, number>>

/** Every datagram is counted, whatever the conditions. */
export function describeAccounts(transport: DatagramTransport, counts: Counts): void {
  describe(`accounts: ${transport.name}`, () => {
    for (const [name, run] of Object.entries(conditions))
      it(`REL-07 STA-01 STA-02 ${name}: sent = received + dropped`, async (context) => {
        const count = counts[name] as number
        let sum = ''
        finding(context, `accounts, ${transport.name}: ${name}`, () => sum, {
          seeded: false,
        })
        const account = await run(transport, count)
        sum = statement(account)
        expect(discrepancy(account)).toBeUndefined()
        expect(account.sent).toBeGreaterThan(count / 2)
        expect(account.received).toBeGreaterThan(0)
        if (name === 'paced') expect(account.received).toBe(count)
        if (name === 'closing with some unread') expect(account.dropped.unread).toBeGreaterThan(0)
      }, 1_200_000)
  })
}
