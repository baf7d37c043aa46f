import { type Inbox, producerFinished, UdpngError } from '@udpng/core'
import type { Payload } from '@udpng/datagram'
import { UDPSender } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
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

  it('SND-01 has no local options: the system picks its port', () => {
    const options: ConstructorParameters<typeof UDPSender>[0][] = []
    // @ts-expect-error it has none
    options.push({ receiverPort: 1, localAddr: '127.0.0.1' })
    // @ts-expect-error it has none
    options.push({ receiverPort: 1, localPort: 1501 })
    // @ts-expect-error it always drains
    options.push({ receiverPort: 1, onProducerFinished: 'drain' })
    // @ts-expect-error and receives nothing for which to linger
    options.push({ receiverPort: 1, lingerMs: 1 })
    for (const one of options) expect(() => new UDPSender(one)).toThrow(UdpngError)
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
