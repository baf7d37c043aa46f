import { Inbox, link, type Outbox, producerFinished, type UdpngError } from '@udpng/core'
import type { Datagram, Letter } from '@udpng/datagram'
import { PostboxPeer } from '@udpng/peers'
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

  it('PBX-04 letters to one host keep their order, also when a look-up answers while another is asked for', async () => {
    const end = await End.open()
    const asked: ((error: null, address: string, family: number) => void)[] = []
    const peer = new PostboxPeer({
      onProducerFinished: 'drain',
      lookup(_host, _options, answer) {
        asked.push(answer)
        if (asked.length === 2) for (const each of asked) each(null, '127.0.0.1', 4)
      },
    })
    for (const text of ['one 1', 'two 1', 'one 2', 'one 3', 'two 2']) {
      const host = `${text.slice(0, 3)}.test`
      peer.inbox.deliver([host, end.port, text])
    }
    peer.control.deliver(producerFinished())
    await peer.run()
    await eventually(() => end.got.length === 5)
    const to = (host: string) => end.texts.filter((text) => text.startsWith(host))
    expect(to('one')).toEqual(['one 1', 'one 2', 'one 3'])
    expect(to('two')).toEqual(['two 1', 'two 2'])
    expect(asked.length).toBe(2)
  })

  it('PBX-03 a report shows the message that is not a letter, and says what one is', async () => {
    const peer = new PostboxPeer({ onProducerFinished: 'drain' })
    const errors = new Inbox<UdpngError>('Errors')
    link(peer.errors, errors)
    peer.inbox.deliver(['127.0.0.1', 1500] as never)
    peer.control.deliver(producerFinished())
    await peer.run()
    expect(Array.from(errors, ({ code, message }) => [code, message])).toEqual([
      [
        'BAD_MESSAGE',
        'a letter is ["127.0.0.1",1500]; it must be [host, port, data] or [host, port, data, local]',
      ],
    ])
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
