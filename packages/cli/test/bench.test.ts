import { describe, expect, it } from 'vitest'
import { Udpng } from './command.js'

const udpng = new Udpng()

describe('bench', () => {
  it('CLI-20 measures each transport, in bounded time, and accounts for what it sent', async () => {
    const began = performance.now()
    const { code, stdout } = await udpng.run(
      ...['bench', '--for', '100ms', '--size', '64', '1000', '--json'],
    ).end
    expect(performance.now() - began).toBeLessThan(60_000)
    expect(code).toBe(0)
    const results = JSON.parse(stdout)
    expect(results.map(({ bytes }: { bytes: number }) => bytes).slice(0, 2)).toEqual([64, 1000])
    expect(results[0].transport).toBe('dgram')
    for (const { throughput, burst, latency } of results) {
      expect(throughput.perSecond).toBeGreaterThan(0)
      expect(throughput.received).toBeLessThanOrEqual(throughput.sent)
      expect(burst.sent).toBe(10_000)
      expect(burst.lost).toBeLessThan(burst.sent)
      expect(latency.p50).toBeLessThanOrEqual(latency.p90)
      expect(latency.p90).toBeLessThanOrEqual(latency.p99)
      expect(latency.p99).toBeLessThanOrEqual(latency.max)
    }
  })

  it('CLI-20 shows a table, a row for each transport and size', async () => {
    const args = ['bench', '--for', '50ms', '--size', '64', '--transport', 'dgram']
    const { code, stdout, stderr } = await udpng.run(...args).end
    expect(stdout).toMatch(
      /^TRANSPORT +BYTES +DATAGRAMS\/s .*\ndgram +64 +[\d ]+ +[\d.]+ +[\d.]+ % .*\n$/,
    )
    expect([code, stderr]).toEqual([0, ''])
  })
})
