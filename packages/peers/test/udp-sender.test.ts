import { createSocket, Socket } from 'node:dgram'
import { once } from 'node:events'
import { type Inbox, producerFinished, UdpngError } from '@udpng/core'
import type { Payload } from '@udpng/datagram'
import { UDPSender } from '@udpng/peers'
import { eventually, ownPort } from 'test-support'
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest'
import { boxesOf, type Common } from './boxes.js'
import { End } from './end.js'

describe('UDPSender', () => {
  it('SND-01 has the boxes inbox, control; signal, errors, and no other', () => {
    const sender = new UDPSender({ receiverPort: 1500 })
    expect(boxesOf(sender)).toEqual({ in: ['inbox', 'control'], out: ['signal', 'errors'] })
    type Boxes = Exclude<keyof UDPSender, Common>
    expectTypeOf<Boxes>().toEqualTypeOf<'inbox' | 'control' | 'signal' | 'errors'>()
    expectTypeOf(sender.inbox).toEqualTypeOf<Inbox<Payload>>()
    // @ts-expect-error it emits no datagrams
    expect(sender.outbox).toBeUndefined()
  })

  it('SND-06 has the options of a socket that sends, and none of one that receives', () => {
    const options: ConstructorParameters<typeof UDPSender>[0][] = []
    // @ts-expect-error it always drains
    options.push({ receiverPort: 1, onProducerFinished: 'drain' })
    // @ts-expect-error it has nothing to receive
    options.push({ receiverPort: 1, lingerMs: 1 })
    // @ts-expect-error a sender joins no group
    options.push({ receiverPort: 1, multicast: { groups: ['239.1.2.3'] } })
    for (const one of options) expect(() => new UDPSender(one)).toThrow(UdpngError)
  })

  it.each(['dgram', 'auto'] as const)(
    'SND-06 sends from the address and port that it is given, on %s',
    async (transport) => {
      const end = await End.open()
      const localPort = ownPort()
      const sender = new UDPSender({
        receiverPort: end.port,
        localAddr: '127.0.0.2',
        localPort,
        transport,
      })
      sender.inbox.deliver('from there')
      sender.control.deliver(producerFinished())
      await sender.run()
      await eventually(() => end.got.length === 1)
      expect([end.got, sender.address]).toEqual([
        [['from there', localPort]],
        ['127.0.0.2', localPort],
      ])
      const other = new UDPSender({ receiverPort: end.port, localAddr: '192.0.2.1', transport })
      await expect(other.run()).rejects.toThrow('it is not an address of this machine')
    },
  )

  it.each(['dgram', 'auto'] as const)(
    'SND-06 sends to a multicast group on the interface that it is given, on %s',
    async (transport) => {
      const group = '239.255.77.1'
      const receiver = createSocket('udp4')
      onTestFinished(() => void receiver.close())
      receiver.bind(0, '0.0.0.0')
      await once(receiver, 'listening')
      receiver.addMembership(group, '127.0.0.1')
      const got: string[] = []
      receiver.on('message', (data) => got.push(String(data)))
      const send = async (text: string, on: string) => {
        const sender = new UDPSender({
          receiverAddr: group,
          receiverPort: receiver.address().port,
          multicast: { interface: on, ttl: 0 },
          transport,
        })
        sender.inbox.deliver(text)
        sender.control.deliver(producerFinished())
        await sender.run()
      }
      await send('by name', 'lo')
      await send('by address', '127.0.0.1')
      await eventually(() => got.length === 2)
      expect(got).toEqual(['by name', 'by address'])
      await expect(send('nowhere', 'no-such-interface')).rejects.toThrow('no-such-interface')
    },
  )

  it('SND-06 gives its options for multicast to the system', async () => {
    const set = ['setMulticastInterface', 'setMulticastTTL', 'setMulticastLoopback'] as const
    const spies = set.map((name) => vi.spyOn(Socket.prototype, name))
    onTestFinished(() => void vi.restoreAllMocks())
    const multicast = { interface: 'lo', ttl: 3, loopback: false }
    const sender = new UDPSender({ receiverPort: 9, multicast, transport: 'dgram' })
    sender.control.deliver(producerFinished())
    await sender.run()
    expect(spies.map(({ mock }) => mock.calls)).toEqual([[['127.0.0.1']], [[3]], [[false]]])
  })

  it('SND-01 SND-02 with just a port it sends to this host, and is through on producerFinished', async () => {
    const end = await End.open()
    const sender = new UDPSender({ receiverPort: end.port })
    for (const text of ['one', 'two', 'three']) sender.inbox.deliver(text)
    sender.control.deliver(producerFinished())
    await sender.run()
    await eventually(() => end.got.length === 3)
    expect(end.texts).toEqual(['one', 'two', 'three'])
    const [[, port] = []] = end.got
    expect(port).toBe(sender.address?.[1])
  })
})
