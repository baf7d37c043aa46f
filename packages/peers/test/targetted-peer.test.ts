import { Inbox, type Outbox, shutdownMicroprocess } from '@udpng/core'
import type { Address, Datagram, Payload } from '@udpng/datagram'
import { TargettedPeer } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { boxesOf, type Common } from './boxes.js'
import { End } from './end.js'

describe('TargettedPeer', () => {
  it('TGT-01 has the boxes inbox, target, control; outbox, signal, errors, and no other', () => {
    const peer = new TargettedPeer()
    expect(boxesOf(peer)).toEqual({
      in: ['inbox', 'target', 'control'],
      out: ['outbox', 'signal', 'errors'],
    })
    type Boxes = Exclude<keyof TargettedPeer, Common>
    type Own = 'inbox' | 'target' | 'control' | 'outbox' | 'signal' | 'errors'
    expectTypeOf<Boxes>().toEqualTypeOf<Own>()
    expectTypeOf(peer.inbox).toEqualTypeOf<Inbox<Payload>>()
    expectTypeOf(peer.target).toExtend<Inbox<Address>>()
    expectTypeOf(peer.outbox).toEqualTypeOf<Outbox<Datagram>>()
    // @ts-expect-error a target is [host, port]
    peer.target.deliver('127.0.0.1:1500')
  })

  it('TGT-01 a new target replaces the receiver for later data', async () => {
    const [one, two] = [await End.open(), await End.open()]
    const peer = new TargettedPeer({ receiverAddr: '127.0.0.1', receiverPort: one.port })
    const run = peer.run()
    peer.inbox.deliver('for one')
    peer.target.deliver(['127.0.0.1', two.port])
    peer.inbox.deliver('for two')
    await eventually(() => one.got.length === 1 && two.got.length === 1)
    expect([one.texts, two.texts]).toEqual([['for one'], ['for two']])
    peer.control.deliver(shutdownMicroprocess())
    await run
  })

  it('TGT-05 an inbox of a subclass counts like its own', async () => {
    class Bounded extends TargettedPeer {
      override readonly inbox: Inbox<Payload> = new Inbox('Few', {
        capacity: 8,
        whenFull: 'dropNewest',
      })
    }
    const [one, two] = [await End.open(), await End.open()]
    const peer = new Bounded()
    peer.target.deliver(['127.0.0.1', one.port])
    for (let i = 0; i < 5; i++) peer.inbox.deliver(`for one ${i}`)
    peer.target.deliver(['127.0.0.1', two.port])
    for (let i = 0; i < 5; i++) peer.inbox.deliver(`for two ${i}`)
    const run = peer.run()
    await eventually(() => one.got.length + two.got.length === 8)
    expect([one.texts, two.texts]).toEqual([
      [0, 1, 2, 3, 4].map((i) => `for one ${i}`),
      [0, 1, 2].map((i) => `for two ${i}`),
    ])
    peer.control.deliver(shutdownMicroprocess())
    await run
    expect(peer.stats.dropped.unsent).toBe(2)
  })
})
