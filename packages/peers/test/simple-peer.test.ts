import { type Inbox, messages, type Outbox, shutdownMicroprocess } from '@udpng/core'
import type { Datagram, Payload } from '@udpng/datagram'
import { SimplePeer } from '@udpng/peers'
import { eventually } from 'test-support'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { boxesOf, type Common } from './boxes.js'
import { End } from './end.js'

describe('SimplePeer', () => {
  it('SIM-01 has the boxes inbox, control; outbox, signal, errors, and no other', () => {
    const peer = new SimplePeer()
    expect(boxesOf(peer)).toEqual({
      in: ['inbox', 'control'],
      out: ['outbox', 'signal', 'errors'],
    })
    type Boxes = Exclude<keyof SimplePeer, Common>
    expectTypeOf<Boxes>().toEqualTypeOf<'inbox' | 'control' | 'outbox' | 'signal' | 'errors'>()
    expectTypeOf(peer.inbox).toEqualTypeOf<Inbox<Payload>>()
    expectTypeOf(peer.outbox).toEqualTypeOf<Outbox<Datagram>>()
    // @ts-expect-error that is TargettedPeer
    expect(peer.target).toBeUndefined()
    // @ts-expect-error data only: addresses are for PostboxPeer
    peer.inbox.deliver(['127.0.0.1', 1500, 'hello'])
  })

  it('SIM-01 it sends to its receiver, and emits what comes back to its port', async () => {
    const end = await End.open()
    const peer = new SimplePeer({
      localAddr: '127.0.0.1',
      receiverAddr: '127.0.0.1',
      receiverPort: end.port,
    })
    const run = peer.run()
    peer.inbox.deliver('question')
    await eventually(() => end.got.length === 1)
    expect(end.got).toEqual([['question', peer.address?.[1]]])
    const answers = messages(peer.outbox)
    end.send('answer', (await peer.bound)[1])
    expect((await answers.next()).value).toEqual([Buffer.from('answer'), ['127.0.0.1', end.port]])
    peer.control.deliver(shutdownMicroprocess())
    await run
  })
})
