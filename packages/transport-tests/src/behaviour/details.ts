import type { DatagramTransport, Parcel } from '@udpng/basic-peer'
import type { Datagram, DatagramDetails, Family } from '@udpng/datagram'
import { turn } from 'test-support'
import { describe, expect, it } from 'vitest'
import { receivers } from '../rig/kinds.js'
import { MulticastRig } from '../rig/multicast-rig.js'
import { type Opened, openOn, openSocket, readAll, sendAll } from '../rig/open-socket.js'
import { label, loopback, Rig } from '../rig/rig.js'
import type { Supports } from '../supports.js'

/**
 * The details of received datagrams. A transport that is not capable of them has to refuse the option by name.
 */
export function describeDetails(
  transport: DatagramTransport,
  family: Family,
  supports: Supports,
): void {
  const open = openOn(transport, family)
  const anywhere = family === 6 ? '::' : '0.0.0.0'
  /** Addresses of this host that a socket at all of its addresses can be asked at, as it writes them. */
  const own =
    family === 6
      ? ['::1', '::ffff:127.0.0.1', '::ffff:127.0.0.2']
      : ['127.0.0.1', '127.0.0.2', '127.1.2.3']

  function parcel({ address: [, port] }: Opened, host: string, data = 'x'): Parcel {
    return { data: Buffer.from(data), host, port }
  }
  const detailsOf = ([, , details]: Datagram): DatagramDetails => details as DatagramDetails

  describe(`details: ${label(transport, family)}`, () => {
    if (!transport.capabilities?.includes('details')) {
      for (const kind of receivers)
        it(`PER-25 ${kind.name}: details are refused by name where the transport has none`, async () => {
          const rig = new Rig(transport, family)
          const { peer } = rig.make(kind, undefined, { details: true })
          await expect(peer.run()).rejects.toMatchObject({
            code: 'BIND_FAILED',
            message: expect.stringMatching(
              / the transport .* cannot report the details of datagrams: it has no capability "details"; use the transport "native"$/,
            ),
            cause: { code: 'UNSUPPORTED' },
          })
        })
      return
    }

    it('PER-23 local is the address that a datagram was sent to, and unicast', async () => {
      const receiver = open({ host: anywhere, details: true })
      const sender = open({ host: anywhere })
      for (const host of own) await sendAll(sender.socket, [parcel(receiver, host)])
      const details = (await readAll(receiver.socket, own.length)).map(detailsOf)
      expect(details.map(({ local, unicast }) => [local, unicast])).toEqual(
        own.map((host) => [host, true]),
      )
      expect(details.map((one) => one.interface)).toEqual(own.map(() => 'lo'))
    })

    it('PER-23 datagrams without the option have no details', async () => {
      const [receiver, sender] = [open(), open()]
      await sendAll(sender.socket, [parcel(receiver, loopback(family))])
      expect((await readAll(receiver.socket, 1))[0]).toHaveLength(2)
    })

    it('PER-23 receivedAt is between the time of sending and that of reading', async () => {
      const before = supports.system ? Date.now() - 1 : 0
      const [receiver, sender] = [open({ details: true }), open()]
      for (let i = 0; i < 20; i++) {
        await sendAll(sender.socket, [parcel(receiver, loopback(family), `${i}`)])
      }
      const times = (await readAll(receiver.socket, 20)).map((one) => detailsOf(one).receivedAt)
      const after = supports.system ? Date.now() + 1 : Infinity
      expect(times.every((time) => time >= before && time <= after)).toBe(true)
      // The kernel counts in nanoseconds.
      if (supports.system) expect(times.some((time) => !Number.isInteger(time))).toBe(true)
    })

    if (supports.system)
      it('PER-23 receivedAt is the time of arrival, not that of reading', async () => {
        const [receiver, sender] = [open({ details: true }), open()]
        // Linux begins to take the time a moment after the first socket has asked for it: see `receivedAt`.
        for (let receivedAt = Infinity, sent = 0; receivedAt >= sent + 1; ) {
          await sendAll(sender.socket, [parcel(receiver, loopback(family))])
          sent = Date.now()
          while (Date.now() <= sent + 1) await turn()
          const [datagram] = await readAll(receiver.socket, 1)
          receivedAt = detailsOf(datagram as Datagram).receivedAt
        }
      })

    if (transport.capabilities.includes('trafficClass'))
      it('PER-23 ecn has the ECN bits of the datagram, of IPv4 and of IPv6', async () => {
        const receiver = open({ host: anywhere, details: true })
        for (const host of own)
          for (const ecn of [0, 1, 2, 3]) {
            const sender = open({ host: anywhere, ecn, dscp: 46 })
            await sendAll(sender.socket, [parcel(receiver, host)])
            const [datagram] = await readAll(receiver.socket, 1)
            expect(detailsOf(datagram as Datagram)).toMatchObject({ local: host, ecn })
          }
      })

    if (family === 4)
      it('PER-23 local of a broadcast is the broadcast address, and not unicast', async () => {
        const receiver = open({ host: anywhere, details: true })
        const sender = open({ host: anywhere, broadcast: true })
        await sendAll(sender.socket, [parcel(receiver, '127.255.255.255')])
        const [datagram] = await readAll(receiver.socket, 1)
        expect(detailsOf(datagram as Datagram)).toMatchObject({
          local: '127.255.255.255',
          unicast: false,
        })
      })

    if (family === 4 && supports.system)
      it('PER-23 local of multicast is the group, and not unicast', async () => {
        const lo = { name: 'lo', address: '127.0.0.1' }
        const [group] = new MulticastRig(transport, family, lo).groups()
        const multicast = { groups: [group], interface: 'lo' }
        const receiver = open({ host: anywhere, details: true, multicast })
        const sender = open({ host: anywhere, multicast: { interface: 'lo' } })
        await sendAll(sender.socket, [parcel(receiver, group)])
        const [datagram] = await readAll(receiver.socket, 1)
        expect(detailsOf(datagram as Datagram)).toMatchObject({
          local: group,
          unicast: false,
          interface: 'lo',
        })
      })

    it('PER-23 a flow has the details of each datagram, and senders are not mixed up', async () => {
      const receiver = openSocket(transport, {
        family,
        host: anywhere,
        details: true,
        recvBufferSize: 4 << 20,
      })
      const senders = own.map(() => open({ host: anywhere }))
      for (let round = 0; round < 20; round++) {
        for (const [i, sender] of senders.entries()) {
          const run = Array.from({ length: 100 }, () => parcel(receiver, own[i] as string, `${i}`))
          await sendAll(sender.socket, run)
        }
        for (const datagram of await readAll(receiver.socket, 100 * own.length))
          expect(detailsOf(datagram).local).toBe(own[Number(datagram[0])])
      }
    })
  })

  for (const kind of receivers)
    if (transport.capabilities?.includes('details'))
      it(`PER-23 ${kind.name} emits details if asked`, async () => {
        const rig = new Rig(transport, family)
        const subject = await rig.begin(kind, undefined, { details: true })
        await rig.endpoint().send(subject.address, 'x')
        const [datagram] = await subject.received(1)
        expect(datagram).toHaveLength(3)
        expect(datagram?.[2]).toMatchObject({ local: rig.host, unicast: true, interface: 'lo' })
      })
}
