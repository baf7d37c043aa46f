import type { DatagramTransport } from '@udpng/basic-peer'
import { Component, type Inbox, type Main } from '@udpng/core'
import type { Datagram, Family } from '@udpng/datagram'
import { eventually, has, Running } from 'test-support'
import { describe, expect, it } from 'vitest'
import { droppedOnArrival } from '../behaviour/counters.js'
import { postboxPeer, simplePeer, udpReceiver } from '../rig/kinds.js'
import { label, numbered, Rig } from '../rig/rig.js'
import { expectWithin } from '../rig/within.js'

const FLOOD = 100_000
const LIMIT_MS = 180_000

const ECHO = `
import socket, sys
end = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
end.bind((sys.argv[1], 0))
print('port', end.getsockname()[1], flush=True)
while True:
    data, sender = end.recvfrom(65536)
    end.sendto(data, sender)
`

const FLOODER = `
import socket, sys
end = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
to = (sys.argv[1], int(sys.argv[2]))
sent = sum(end.sendto(b'%d' % i, to) > 0 for i in range(int(sys.argv[3])))
print('sent', sent)
`

/** Says of a socket of ours, again and again, that what it sent did not arrive. */
const FORGER = `
import socket, struct, sys
host, own, dead, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
udp = struct.pack('!HHHH', own, dead, 9, 0) + b'x'
if ':' in host:
    end = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    address = socket.inet_pton(socket.AF_INET6, host)
    packet = struct.pack('!IHBB', 6 << 28, len(udp), 17, 64) + address + address + udp
    kinds = [(1, code) for code in range(8)] + [(3, 0), (4, 0), (4, 1)]
else:
    end = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    address = socket.inet_aton(host)
    packet = struct.pack('!BBHHHBBH', 69, 0, 20 + len(udp), 0, 0, 64, 17, 0) + address + address + udp
    kinds = [(3, code) for code in range(16) if code != 4] + [(4, 0), (11, 0), (12, 0)]
def checksum(data):
    data += b'\\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    total = (total >> 16) + (total & 65535)
    return 65535 & ~(total + (total >> 16))
for kind, code in kinds * rounds:
    head = struct.pack('!BBHI', kind, code, 0, 0)
    if ':' not in host:
        head = struct.pack('!BBHI', kind, code, checksum(head + packet), 0)
    end.sendto(head + packet, (host, 0))
print('sent', len(kinds) * rounds)
`

/** With programs that are not ours at the other end. They need a real network. */
export function describeForeignPrograms(transport: DatagramTransport, family: Family): void {
  describe(`foreign programs: ${label(transport, family)}`, () => {
    it('PER-01 RCV-01 what bash writes to /dev/udp is received', async ({ skip }) => {
      skip(!has('bash'), 'there is no bash')
      const rig = new Rig(transport, family)
      const receiver = await rig.begin(udpReceiver)
      const to = `/dev/udp/${rig.host}/${receiver.address[1]}`
      using running = new Running('bash', [
        '-c',
        `for i in 1 2 3; do printf "line $i" > ${to}; done`,
      ])
      expect(await running.end).toMatchObject({ code: 0, stderr: '' })
      const got = await receiver.received(3)
      expect(got.map(([data]) => String(data))).toEqual(['line 1', 'line 2', 'line 3'])
      for (const [, [host]] of got) expect(host).toBe(rig.host)
    })

    it('SIM-01 PER-03 an echo server in Python gives back what it gets', async ({ skip }) => {
      skip(!has('python3'), 'there is no python3')
      const rig = new Rig(transport, family)
      using running = new Running('python3', ['-c', ECHO, rig.host])
      const [, port] = await running.says(/port (\d+)/)
      const to = [rig.host, Number(port)] as const
      const peer = await rig.begin(simplePeer, to)
      for (const data of [...numbered(50), '', 'grüß', 'x'.repeat(9000), 'y'.repeat(65_507)]) {
        peer.put(data)
        expect(await peer.received(1)).toEqual([[Buffer.from(data), to]])
      }
    })

    it('STA-01 of a flood from Python, received + dropped = sent', async ({ skip }) => {
      skip(!has('python3'), 'there is no python3')
      const rig = new Rig(transport, family)
      const receiver = await rig.begin(udpReceiver, undefined, { capacity: 100 })
      const slow = rig.activate(new SlowReader(receiver.got))
      const args = [rig.host, `${receiver.address[1]}`, `${FLOOD}`]
      using running = new Running('python3', ['-c', FLOODER, ...args])
      const [, sent] = await running.says(/sent (\d+)/, LIMIT_MS)
      expect(Number(sent)).toBe(FLOOD)
      const { peer } = receiver
      const all = (): number => peer.stats.received + droppedOnArrival(peer.stats).atMost
      await eventually(
        () => all() >= FLOOD,
        () => `${all()} of ${FLOOD}`,
      )
      expectWithin(droppedOnArrival(peer.stats), FLOOD - peer.stats.received)
      await eventually(() => slow.taken === peer.stats.received)
      expect(slow.disorder).toBe(0)
    }, 180_000)

    it('ICM-03 forged ICMP messages are counted at most', async ({ skip }) => {
      skip(!has('python3'), 'there is no python3')
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const dead = rig.deadAddress()
      const peer = await rig.begin(postboxPeer)
      const args = [rig.host, `${peer.address[1]}`, `${dead[1]}`, '20']
      using running = new Running('python3', ['-c', FORGER, ...args])
      for (let i = 0; i < 200; i++) {
        peer.inbox.deliver([...endpoint.address, `${i}`])
        await endpoint.received(i + 1)
        await endpoint.send(peer.address, `${i}`)
        expect(await peer.texts(1)).toEqual([`${i}`])
      }
      const { code, stdout, stderr } = await running.end
      skip(stderr.includes('PermissionError'), 'only root may forge ICMP messages')
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/sent \d+/)
      peer.inbox.deliver([...endpoint.address, '200'])
      await endpoint.received(201)
      expect(endpoint.texts).toEqual(numbered(201))
      expect(peer.peer.stats).toMatchObject({ sent: 201, failed: {} })
      expect(peer.peer.ended).toBe(false)
    })

    it(
      'ICM-07 while ICMP messages are forged as fast as they can be, no datagram to a healthy address fails',
      async ({ skip }) => {
        skip(!has('python3'), 'there is no python3')
        const rig = new Rig(transport, family)
        const endpoint = rig.endpoint({ recvBufferSize: 1 << 20 })
        const peer = await rig.begin(postboxPeer)
        // They name a destination that is healthy, and gets every datagram.
        const args = [rig.host, `${peer.address[1]}`, `${endpoint.address[1]}`, '2000']
        using running = new Running('python3', ['-c', FORGER, ...args])
        let ended = false
        void running.end.then(() => {
          ended = true
        })
        let count = 0
        while (!ended || count < 100) {
          for (let i = 0; i < 20; i++) peer.inbox.deliver([...endpoint.address, `${count++}`])
          await endpoint.received(count)
        }
        const { code, stderr } = await running.end
        skip(stderr.includes('PermissionError'), 'only root may forge ICMP messages')
        expect([code, stderr]).toEqual([0, ''])
        expect(endpoint.texts).toEqual(numbered(count))
        const { stats } = peer.peer
        expect(stats).toMatchObject({ sent: count, failed: {}, receiveErrors: 0 })
        if (stats.refused !== undefined) expect(stats.refused).toBeGreaterThan(1000)
      },
      LIMIT_MS,
    )
  })
}

/** Takes a few messages, sleeps a while, and so on; notes whether the numbers rise. */
class SlowReader extends Component {
  readonly #box: Inbox<Datagram>
  taken = 0
  disorder = 0

  constructor(box: Inbox<Datagram>) {
    super()
    this.#box = box
  }

  override *main(): Main {
    for (let last = -1; ; ) {
      for (let i = 0; i < 50 && this.#box.ready; i++, this.taken++) {
        const number = Number(String(this.#box.recv()?.[0]))
        if (number <= last) this.disorder++
        last = number
      }
      yield* this.sleep(1)
    }
  }
}
