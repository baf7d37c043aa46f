import { Text } from '@udpng/flow'
import { describe, expect, it } from 'vitest'
import { through } from './through.js'

const datagram = [Buffer.from('a\x1b[2J\xff', 'latin1'), ['192.0.2.1', 1500]]

describe('Text', () => {
  it('CLI-57 after a template, and nothing in it drives a terminal', () => {
    const v6 = [Buffer.from('é'), ['fe80::1%lo', 1500]]
    const template = '{from} {length} {hex} {data}|'
    expect(through(new Text({ template }), [datagram, v6, 'x\u0007', 7])).toEqual([
      '192.0.2.1:1500 6 611b5b324aff a\\x1b[2J\\xff|',
      '[fe80::1%lo]:1500 2 c3a9 é|',
      ' 2 7807 x\\x07|',
      ' 0  7|',
    ])
    expect(through(new Text(), ['as it is'])).toEqual(['as it is'])
  })

  it('CLI-57 {time} is the time at which the message was taken', () => {
    const [time] = through(new Text({ template: '{time}' }), [1]) as [string]
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(60_000)
  })

  it('CLI-57 other words in braces are refused', () => {
    expect(() => new Text({ template: '{date}' })).toThrow(
      /^cannot create Text: template is "\{date\}"; it must be text in which \{date\} does not occur; there is \{data\}/,
    )
  })
})
