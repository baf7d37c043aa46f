import { type Control, type Inbox, messages, type Outbox, shutdownMicroprocess } from '@udpng/core'
import type { Datagram } from '@udpng/datagram'
import { UDPReceiver } from '@udpng/peers'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { boxesOf, type Common } from './boxes.js'
import { End } from './end.js'

describe('UDPReceiver', () => {
  it('RCV-01 has the boxes control; outbox, signal, errors, and no other', () => {
    const receiver = new UDPReceiver()
    expect(boxesOf(receiver)).toEqual({ in: ['control'], out: ['outbox', 'signal', 'errors'] })
    type Boxes = Exclude<keyof UDPReceiver, Common>
    expectTypeOf<Boxes>().toEqualTypeOf<'control' | 'outbox' | 'signal' | 'errors'>()
    expectTypeOf(receiver.outbox).toEqualTypeOf<Outbox<Datagram>>()
    expectTypeOf(receiver.control).toEqualTypeOf<Inbox<Control>>()
    // @ts-expect-error it sends nothing
    expect(receiver.inbox).toBeUndefined()
    // @ts-expect-error nor has it a receiver
    expect(() => new UDPReceiver({ receiverPort: 1500 })).toThrow(/receiverPort/)
  })

  it('RCV-01 without options it binds to any free port of all addresses, and emits what arrives', async () => {
    const receiver = new UDPReceiver()
    const end = await End.open()
    const run = receiver.run()
    const [host, port] = await receiver.bound
    expect(host).toBe('0.0.0.0')
    expect(port).toBeGreaterThan(0)
    const arrivals = messages(receiver.outbox)
    end.send('hello', port)
    const { value } = await arrivals.next()
    expect(value).toEqual([Buffer.from('hello'), ['127.0.0.1', end.port]])
    receiver.control.deliver(shutdownMicroprocess())
    await run
    expect((await arrivals.next()).done).toBe(true)
  })
})
