import { link, Scheduler, shutdownMicroprocess, UdpngError } from '@udpng/core'
import type { Transformer } from '@udpng/flow'
import { describe, expect, it } from 'vitest'
import { Cycle } from '../src/parts/cycle.js'
import { Filter } from '../src/parts/filter.js'
import { Payload } from '../src/parts/payload.js'
import { Reply } from '../src/parts/reply.js'
import { Sample } from '../src/parts/sample.js'
import { Text } from '../src/parts/text.js'
import { Keep, RunningGraph } from './run-graph.js'

/** What comes out of a part when all this has come in. */
function through<In, Out>(part: Transformer<In, Out>, messages: readonly unknown[]): unknown[] {
  const scheduler = new Scheduler()
  const keep = scheduler.activate(new Keep())
  link(scheduler.activate(part).outbox, keep.inbox)
  for (const message of messages) part.inbox.deliver(message as In)
  for (let i = 0; i < 20; i++) scheduler.step()
  return keep.got
}

const bytes = Buffer.from('a\x1b[2J\xff', 'latin1')
const datagram = [bytes, ['192.0.2.1', 1500]]
const letter = ['192.0.2.2', 1501, 'hello']

describe('parts of graph files', () => {
  it('CLI-57 Payload: the data of datagrams and letters, text and bytes as they are, all else as text', () => {
    const error = new UdpngError('TOO_LARGE', 'it is too large')
    const messages = [datagram, letter, 'text', bytes, 7, error, { a: [1] }, ['192.0.2.2', 1501]]
    expect(through(new Payload(), messages)).toEqual([
      bytes,
      'hello',
      'text',
      bytes,
      '7',
      'UdpngError: it is too large',
      '{ a: [ 1 ] }',
      "[ '192.0.2.2', 1501 ]",
    ])
  })

  it('CLI-57 Reply: a letter to where the datagram came from', () => {
    expect(through(new Reply(), [datagram])).toEqual([['192.0.2.1', 1500, bytes]])
  })

  it('CLI-57 Text: after a template, and nothing in it drives a terminal', () => {
    const v6 = [Buffer.from('é'), ['fe80::1%lo', 1500]]
    const template = '{from} {length} {hex} {data}|'
    expect(through(new Text({ template }), [datagram, v6, 'x\u0007', 7])).toEqual([
      '192.0.2.1:1500 6 611b5b324aff a\\x1b[2J\\xff|',
      '[fe80::1%lo]:1500 2 c3a9 é|',
      ' 2 7807 x\\x07|',
      ' 0  7|',
    ])
    expect(through(new Text(), ['as it is'])).toEqual(['as it is'])
    const [time] = through(new Text({ template: '{time}' }), [1]) as [string]
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000)
    expect(() => new Text({ template: '{date}' })).toThrow(
      /^template has \{date\}; there is \{data\}/,
    )
  })

  it('CLI-57 Filter: what has one text in it and not the other, the very same messages', () => {
    const messages = [
      'an error',
      'no error',
      'nothing',
      ['::1', 1, 'error é'],
      [Buffer.from('error'), ['::1', 1]],
      7,
    ]
    const passed = through(new Filter({ contains: 'error', except: 'no ' }), messages)
    expect(passed).toEqual([messages[0], messages[3], messages[4]])
    expect(passed[1]).toBe(messages[3])
    expect(through(new Filter({ except: 'error' }), messages)).toEqual(['nothing'])
    expect(through(new Filter({ contains: 'é' }), messages)).toEqual([messages[3]])
  })

  it('CLI-57 Sample: the first, and each that is so many after one that passed', () => {
    expect(through(new Sample({ every: 3 }), [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([1, 4, 7])
    expect(through(new Sample({ every: 1 }), [1, 2])).toEqual([1, 2])
  })

  it('CLI-57 Cycle: the next item for each message, over and over', () => {
    expect(through(new Cycle({ items: ['a', 'b'] }), [1, 2, 3])).toEqual(['a', 'b', 'a'])
  })

  it('CLI-57 Limit: so many a second on the clock, and what was not used for a second', async () => {
    const graph = new RunningGraph(`
      parts:
        TICK: { component: Ticker, intervalMs: 100 }
        SLOW: { component: Limit, perSecond: 2 }
        OUT: { component: Keep }
      linkages: { TICK.outbox: SLOW.inbox, SLOW.outbox: OUT.inbox }`)
    await graph.rest(3000)
    // two that were there, then one each half second
    expect(graph.keep('OUT').got).toEqual([1, 2, 6, 11, 16, 21, 26])
    graph.part('TICK').control.deliver(shutdownMicroprocess())
    await graph.rest(10_000)
    expect(graph.part('TICK').ended).toBe(true)
  })
})
