import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { has, Running } from 'test-support'
import { describe, expect, it } from 'vitest'
import { Udpng } from '../command.js'
import { Sink } from '../sink.js'

const udpng = new Udpng()

/** An echo server that is not ours. */
async function mirror(): Promise<Sink> {
  const sink = await Sink.open()
  sink.socket.on('message', (data, { address, port }) => sink.socket.send(data, port, address))
  return sink
}

/** Sends datagrams with a forged source, on loopback; fails without the right to. */
const FORGE = `
import socket, struct, sys
sport, dport, count = map(int, sys.argv[1:4])
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
here = socket.inet_aton('127.0.0.1')
for i in range(count):
    data = b'forged %d' % i
    ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 28 + len(data), 0, 0, 64, 17, 0, here, here)
    s.sendto(ip + struct.pack('!HHHH', sport, dport, 8 + len(data), 0) + data, ('127.0.0.1', 0))
`

async function forge(from: string, to: string, count: number): Promise<void> {
  const { code, stderr } = await new Running('python3', ['-c', FORGE, from, to, `${count}`]).end
  expect([code, stderr]).toEqual([0, ''])
}

interface Account {
  readonly received: number
  readonly lost: Readonly<Record<string, number>>
}

async function accountOf(running: Running): Promise<Account> {
  running.kill('SIGINT')
  return JSON.parse((await running.end).stdout) as Account
}

const mayForge = has('python3') && process.getuid?.() === 0

describe('loops', () => {
  it('GRD-11 between echo and an echo server of others: it falls silent, and says so while it runs', async () => {
    await using other = await mirror()
    const { running, port } = await udpng.start('echo', '127.0.0.1:0', '--json')
    using _ = running
    for (const text of ['one', 'two', 'three']) other.socket.send(text, Number(port), '127.0.0.1')
    await running.says(/datagrams? lost in the last [^:]*: \d+ dropped to break a loop/)
    await running.says('nothing lost in the last')
    await other.quiet()
    const { lost } = await accountOf(running)
    expect(lost).toEqual({ loop: 3 })
  })

  it.skipIf(!mayForge)(
    'GRD-11 between two echo servers, by forged datagrams; from its own address',
    async () => {
      const one = await udpng.start('echo', '127.0.0.1:0', '--json')
      const two = await udpng.start('echo', '127.0.0.1:0', '--json')
      using _one = one.running
      using _two = two.running
      await forge(two.port, one.port, 4)
      await forge(one.port, one.port, 3)
      await forge('0', one.port, 2)
      await one.running.says('nothing lost in the last')
      // Each takes out those that it sees first.
      for (const side of [one, two]) {
        await using probe = await Sink.open()
        probe.socket.send('still there', Number(side.port), '127.0.0.1')
        await probe.first
      }
      const accounts = [await accountOf(one.running), await accountOf(two.running)]
      const count = (reason: string): number =>
        accounts.reduce((all, { lost }) => all + (lost[reason] ?? 0), 0)
      expect([count('loop'), count('ownAddress'), count('unanswerable')]).toEqual([4, 3, 2])
    },
  )

  it('GRD-12 between two relays: it falls silent, and only the sockets of some laps were opened', async () => {
    const free = await Sink.freePort()
    const one = await udpng.start('relay', '127.0.0.1:0', '--to', `127.0.0.1:${free}`, '--json')
    using _one = one.running
    const two = await udpng.start(
      'relay',
      `127.0.0.1:${free}`,
      '--to',
      `127.0.0.1:${one.port}`,
      '--json',
    )
    using _two = two.running
    const client = createSocket('udp4')
    client.send('round and round', Number(one.port), '127.0.0.1')
    await Promise.race([one, two].map(({ running }) => running.says(/dropped to break a loop/)))
    await Promise.race([one, two].map(({ running }) => running.says('nothing lost in the last')))
    client.close()
    await once(client, 'close')
    const accounts = [await accountOf(one.running), await accountOf(two.running)]
    expect(accounts.map(({ lost }) => lost['loop'] ?? 0).reduce((a, b) => a + b)).toBe(1)
  })
})
