import type { DatagramTransport } from '@udpng/basic-peer'
import type { Datagram, DatagramDetails, Family } from '@udpng/datagram'
import { describe, expect, it } from 'vitest'
import type { Link } from '../behaviour/link-local.js'
import { type Opened, openSocket, readAll, sendAll } from '../rig/open-socket.js'
import { label } from '../rig/rig.js'

/** Details of what comes over a link: only for use inside `runInNamespace`. No tests for a transport that is not capable of them. */
export function describeDetailsOnLink(
  transport: DatagramTransport,
  family: Family,
  { near, far }: Link,
): void {
  const capabilities = transport.capabilities ?? []
  if (!capabilities.includes('details') || !capabilities.includes('sourceAddress')) return
  const anywhere = family === 6 ? '::' : '0.0.0.0'
  /** The addresses of the far end, as they are known there and here; and of this end, as they are known here and there. */
  const [there, there6] = ['10.9.1.1', `${far.address}%${far.name}`]
  const [asked, asked6] = [there, `${far.address}%${near.name}`]
  const [here, here6] = ['10.9.0.1', `${near.address}%${near.name}`]
  const [local, target, source] = family === 6 ? [there6, asked6, here6] : [there, asked, here]

  const open = (options: Parameters<typeof openSocket>[1]): Opened =>
    openSocket(transport, { family, host: anywhere, details: true, ...options })
  const detailsOf = ([, , details]: Datagram): DatagramDetails => details as DatagramDetails

  describe(`details on a link: ${label(transport, family)}`, () => {
    if (family === 6)
      it('PER-23 local of a link-local address has its zone, and a reply can come from it', async () => {
        const receiver = open({})
        const sender = open({ ecn: 1 })
        const [, port] = receiver.address
        const data = Buffer.from('x')
        await sendAll(sender.socket, [{ data, host: target, port, local: source }])
        const [datagram] = (await readAll(receiver.socket, 1)) as [Datagram]
        const [host, clientPort] = datagram[1]
        expect([host, clientPort]).toEqual([`${near.address}%${far.name}`, sender.address[1]])
        expect(detailsOf(datagram)).toMatchObject({
          local,
          unicast: true,
          interface: far.name,
          ecn: 1,
        })
        await sendAll(receiver.socket, [{ data, host, port: clientPort, local }])
        expect((await readAll(sender.socket, 1))[0]?.[1]).toEqual([target, port])
      })

    it('PER-23 interface is the one that a datagram came in on, also for multicast', async () => {
      const [group, multicast] = ['239.255.42.99', { interface: near.name }]
      const to = family === 6 ? 'ff02::4242:99' : group
      const receiver = open({ multicast: { groups: [to], interface: far.name } })
      const sender = open({ multicast })
      const data = Buffer.from('x')
      await sendAll(sender.socket, [{ data, host: to, port: receiver.address[1] }])
      const [datagram] = await readAll(receiver.socket, 1)
      expect(detailsOf(datagram as Datagram)).toMatchObject({
        local: to,
        unicast: false,
        interface: far.name,
      })
    })

    if (family === 4)
      it('PER-23 the broadcast address of a network is not unicast', async () => {
        const receiver = open({})
        const receiver6 = openSocket(transport, { family: 6, host: '::', details: true })
        const sender = open({ host: here, broadcast: true })
        for (const [subject, prefix] of [
          [receiver, ''],
          [receiver6, '::ffff:'],
        ] as const) {
          const data = Buffer.from('x')
          await sendAll(sender.socket, [{ data, host: '10.9.0.255', port: subject.address[1] }])
          const [datagram] = await readAll(subject.socket, 1)
          expect(detailsOf(datagram as Datagram)).toMatchObject({
            local: `${prefix}10.9.0.255`,
            unicast: false,
          })
        }
      })
  })
}
