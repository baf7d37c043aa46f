import { Readable } from 'node:stream'
import { ChunkReader } from '@udpng/console'
import {
  Inbox,
  link,
  messages,
  producerFinished,
  Scheduler,
  shutdownMicroprocess,
} from '@udpng/core'
import { accountOf } from '@udpng/core/account'
import { turn } from 'test-support'
import { describe, expect, it } from 'vitest'

describe('ChunkReader', () => {
  it('CLI-08 sends the bytes of its input in pieces, in order, and ends with it', async () => {
    const input = Readable.from([Buffer.from('0123456789'), Buffer.from('ab')])
    const reader = new ChunkReader({ size: 4, input })
    const pieces = messages(reader.outbox)
    const run = reader.run()
    const texts: string[] = []
    for await (const piece of pieces) texts.push(String(piece))
    await run
    expect(texts).toEqual(['0123', '4567', '89ab'])
  })

  it('CLI-09 reads no more than what there is room for', async () => {
    let asked = 0
    const input = new Readable({
      highWaterMark: 1,
      read() {
        asked++
        this.push(Buffer.from('x'))
      },
    })
    const scheduler = new Scheduler()
    const reader = scheduler.activate(new ChunkReader({ size: 1, input }))
    const pieces = new Inbox<Uint8Array>('Pieces', { capacity: 5 })
    link(reader.outbox, pieces)
    const run = scheduler.run()
    for (let turns = 0; turns < 100; turns++) await turn()
    expect(pieces.length).toBe(5)
    expect(asked).toBeLessThan(10)
    reader.control.deliver(shutdownMicroprocess())
    await run
  })

  /** A reader of ten bytes, one in a piece, whose consumer has room for four. */
  async function halted() {
    const scheduler = new Scheduler()
    const reader = scheduler.activate(
      new ChunkReader({ size: 1, input: Readable.from([Buffer.from('0123456789')]) }),
    )
    const pieces = new Inbox<Uint8Array>('Pieces', { capacity: 4 })
    link(reader.outbox, pieces)
    const run = scheduler.run()
    for (let turns = 0; pieces.length < 4 && turns < 100; turns++) await turn()
    return { reader, pieces, run }
  }

  it('CLI-80 shut down, it counts the pieces that were read and not sent', async () => {
    const { reader, run } = await halted()
    expect(accountOf(reader)).toMatchObject({ entered: 10, out: 4, waiting: 6, unaccounted: 0 })
    reader.control.deliver(shutdownMicroprocess())
    await run
    expect(accountOf(reader)).toMatchObject({
      entered: 10,
      out: 4,
      waiting: 0,
      dropped: { unsent: 6 },
      unaccounted: 0,
    })
  })

  it('CLI-80 on producerFinished it sends no more than there is room for, and all in the end', async () => {
    const { reader, pieces, run } = await halted()
    reader.control.deliver(producerFinished())
    for (let turns = 0; turns < 20; turns++) await turn()
    expect([pieces.length, pieces.dropped, reader.ended]).toEqual([4, 0, false])
    let text = ''
    for (let turns = 0; turns < 100 && text.length < 10; turns++) {
      for (const piece of pieces) text += String(piece)
      await turn()
    }
    await run
    expect(text).toBe('0123456789')
    expect(accountOf(reader).dropped).toEqual({})
  })

  it('CLI-08 an input that breaks fails it', async () => {
    const input = new Readable({ read() {} })
    const run = new ChunkReader({ size: 1, input }).run()
    input.destroy(new Error('the disk is gone'))
    await expect(run).rejects.toMatchObject({ code: 'COMPONENT_FAILED' })
  })
})

describe('options of a ChunkReader', () => {
  it.each([
    [
      undefined,
      'cannot create ChunkReader: size is undefined; it must be a whole number of bytes >= 1',
    ],
    [{ size: 0 }, 'cannot create ChunkReader: size is 0; it must be a whole number of bytes >= 1'],
    [
      { size: 1, input: 'stdin' },
      'cannot create ChunkReader: input is "stdin"; it must be a readable stream',
    ],
    [
      { size: 1, bytes: 2 },
      'cannot create ChunkReader: unknown option "bytes"; the options are size, input',
    ],
  ])('GFL-07 %j is refused', (options, message) => {
    expect(() => new ChunkReader(options as never)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message }),
    )
  })
})
