import type { Datagram } from '@udpng/basic-peer'
import { type Inbox, type Outbox, producerFinished } from '@udpng/core'
import { type Letter, PostboxPeer } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { boxesOf, type Common } from './boxes.js'
import { End } from './end.js'

describe('PostboxPeer', () => {
  it('PBX-02 has the boxes inbox, control; outbox, signal, errors, and no receiver options', () => {
    const peer = new PostboxPeer()
    expect(boxesOf(peer)).toEqual({
      in: ['inbox', 'control'],
      out: ['outbox', 'signal', 'errors'],
    })
    type Boxes = Exclude<keyof PostboxPeer, Common>
    expectTypeOf<Boxes>().toEqualTypeOf<'inbox' | 'control' | 'outbox' | 'signal' | 'errors'>()
    expectTypeOf(peer.inbox).toEqualTypeOf<Inbox<Letter>>()
    expectTypeOf(peer.outbox).toEqualTypeOf<Outbox<Datagram>>()
    // @ts-expect-error its letters say where they go
    expect(() => new PostboxPeer({ receiverPort: 1500 })).toThrow(/receiverPort/)
    // @ts-expect-error what is received is the other way round
    peer.inbox.deliver([Buffer.from('hello'), ['127.0.0.1', 1500]])
  })

  it('PBX-01 it sends each letter to its own address, and ends on producerFinished if told so', async () => {
    const ends = [await End.open(), await End.open(), await End.open()]
    const peer = new PostboxPeer({ onProducerFinished: 'drain' })
    for (const { port } of ends) peer.inbox.deliver(['127.0.0.1', port, `to ${port}`])
    peer.control.deliver(producerFinished())
    await peer.run()
    for (const end of ends) {
      await eventually(() => end.got.length === 1)
      expect(end.texts).toEqual([`to ${end.port}`])
    }
  })
})
