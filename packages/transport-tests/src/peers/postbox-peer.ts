import type { DatagramTransport } from '@udpng/basic-peer'
import type { Address, Family } from '@udpng/datagram'
import { PostboxPeer } from '@udpng/peers'
import { describe, expect, it } from 'vitest'
import type { Endpoint } from '../rig/endpoint.js'
import { hostile } from '../rig/hostile.js'
import { postboxPeer } from '../rig/kinds.js'
import { label, loopback, numbered, Rig, Subject } from '../rig/rig.js'

/** What PostboxPeer does with the letters it gets. */
export function describePostboxPeer(transport: DatagramTransport, family: Family): void {
  const host = loopback(family)
  const otherFamily = loopback(family === 6 ? 4 : 6)

  describe(`PostboxPeer: ${label(transport, family)}`, () => {
    it('PBX-01 it sends each letter as one datagram to its own address', async () => {
      const rig = new Rig(transport, family)
      const ends = Array.from({ length: 3 }, () => rig.endpoint())
      const { inbox } = await rig.begin(postboxPeer)
      for (const text of numbered(60))
        inbox.deliver([...(ends[Number(text) % 3] as Endpoint).address, text])
      for (const [i, end] of ends.entries()) {
        await end.received(20)
        expect(end.texts).toEqual(numbered(60).filter((text) => Number(text) % 3 === i))
      }
    })

    it('PBX-02 it emits what it receives as all do, and a letter can answer it', async () => {
      const rig = new Rig(transport, family)
      const ends = Array.from({ length: 3 }, () => rig.endpoint())
      const peer = await rig.begin(postboxPeer)
      for (const end of ends) {
        await end.send(peer.address, 'question')
        const [[data, from] = []] = await peer.received(1)
        expect([String(data), from]).toEqual(['question', end.address])
        peer.inbox.deliver([...(from as Address), data])
        await end.received(1)
        expect(end.got).toEqual([[Buffer.from('question'), peer.address]])
      }
    })

    it('PBX-03 a malformed letter is reported, and the next is sent', async () => {
      const rig = new Rig(transport, family)
      const endpoint = rig.endpoint()
      const [, port] = endpoint.address
      const peer = await rig.begin(postboxPeer)
      const bad: readonly (readonly [letter: unknown, code: string])[] = [
        [null, 'BAD_MESSAGE'],
        [undefined, 'BAD_MESSAGE'],
        ['hello', 'BAD_MESSAGE'],
        [{ host, port, data: 'x' }, 'BAD_MESSAGE'],
        [{ 0: host, 1: port, 2: 'x', length: 3 }, 'BAD_MESSAGE'],
        [[], 'BAD_MESSAGE'],
        [[host, port], 'BAD_MESSAGE'],
        [[host, port, 'x', 'y'], 'BAD_ADDRESS'],
        [[host, port, 'x', host, 'y'], 'BAD_MESSAGE'],
        [[Buffer.from('x'), [host, port]], 'BAD_MESSAGE'],
        [[host, port, 7], 'BAD_MESSAGE'],
        [[host, port, undefined], 'BAD_MESSAGE'],
        [[host, 0, 'x'], 'BAD_ADDRESS'],
        [[host, 65_536, 'x'], 'BAD_ADDRESS'],
        [[host, `${port}`, 'x'], 'BAD_ADDRESS'],
        [[host, undefined, 'x'], 'BAD_ADDRESS'],
        [[7, port, 'x'], 'BAD_ADDRESS'],
        [[Symbol('host'), port, 'x'], 'BAD_ADDRESS'],
        [['', port, 'x'], 'BAD_ADDRESS'],
        [['256.1.1.1', port, 'x'], 'BAD_ADDRESS'],
        [['not a host', port, 'x'], 'BAD_ADDRESS'],
        [[otherFamily, port, 'x'], 'BAD_ADDRESS'],
        [[host, port, Buffer.alloc(70_000)], 'TOO_LARGE'],
        ...hostile().map((letter) => [letter, 'BAD_MESSAGE'] as const),
        ...hostile().map((data) => [[host, port, data], 'BAD_MESSAGE'] as const),
        ...hostile().map((wrong) => [[wrong, port, 'x'], 'BAD_ADDRESS'] as const),
      ]
      for (const [i, [letter]] of bad.entries()) {
        peer.inbox.deliver(letter)
        peer.inbox.deliver([host, port, `${i}`])
      }
      await endpoint.received(bad.length)
      expect(endpoint.texts).toEqual(numbered(bad.length))
      const reports = await peer.reported(bad.length)
      expect(reports.map(({ code }) => code)).toEqual(bad.map(([, code]) => code))
      expect(peer.peer.stats.sent).toBe(bad.length)
    })

    const failing: Readonly<Record<string, (rig: Rig) => Address>> = {
      'is dead': (rig) => rig.deadAddress(),
      'has no address': () => ['nowhere.test', 1500],
      'has a name that hangs': () => ['hanging.test', 1500],
      'is malformed': () => ['256.1.1.1', 1500],
    }
    for (const [how, bad] of Object.entries(failing))
      it(`PBX-04 one destination of ten ${how}: the other nine get all theirs, in order`, async () => {
        const rig = new Rig(transport, family)
        const ends = Array.from({ length: 9 }, () => rig.endpoint())
        const peer = new PostboxPeer({
          ...rig.local,
          lookup: (name, _, answer) => {
            if (name === 'nowhere.test') setImmediate(() => answer(new Error('not found')))
          },
        })
        await rig.start(new Subject(peer))
        for (const text of numbered(40)) {
          for (const { address } of ends.slice(0, 5)) peer.inbox.deliver([...address, text])
          peer.inbox.deliver([...bad(rig), 'lost'])
          for (const { address } of ends.slice(5)) peer.inbox.deliver([...address, text])
        }
        for (const end of ends) {
          await end.received(40)
          expect(end.texts).toEqual(numbered(40))
        }
      })
  })
}
