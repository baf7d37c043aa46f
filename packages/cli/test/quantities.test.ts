import { describe, expect, it } from 'vitest'
import {
  duration,
  grouped,
  plural,
  positiveNumber,
  wholeNumber,
} from '../src/options/quantities.js'

describe('durations', () => {
  it.each([
    ['100ms', 100],
    ['5s', 5000],
    ['1.5m', 90_000],
    ['.5s', 500],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('CLI-02 %s', (text, milliseconds) => {
    expect(duration(0)(text)).toBe(milliseconds)
  })

  it.each([
    ...['', '5', '5 s', 's', '-5s', '5S', '5sec', '5 minutes', '1s1', '1e3s', '0x5s', '25d', '1y'],
    ...['Infinitys', 'NaNs', '1..5s', '5s '],
  ])('CLI-02 %j is none', (text) => {
    expect(() => duration(0)(text)).toThrow('such as 100ms, 5s or 1m')
  })

  it('CLI-02 one that is too short is refused', () => {
    expect(duration(50)('50ms')).toBe(50)
    expect(() => duration(50)('49ms')).toThrow('from 50ms')
  })
})

describe('numbers', () => {
  it('CLI-02 whole ones, in a range', () => {
    expect(wholeNumber(1, 10)('10')).toBe(10)
    for (const text of ['', '0', '11', '1.0', '1e1', '0x1', '-1', '+1', ' 1', '1 ', 'x'])
      expect(() => wholeNumber(1, 10)(text), text).toThrow('a whole number from 1 to 10')
  })

  it('CLI-02 positive ones', () => {
    expect(['1', '0.5', '.5', '1e3', '2.'].map(positiveNumber)).toEqual([1, 0.5, 0.5, 1000, 2])
    for (const text of ['', '0', '-1', '1e999', 'NaN', 'Infinity', '0x1', '1 ', 'e3'])
      expect(() => positiveNumber(text), text).toThrow('a number above 0')
  })

  it('CLI-02 are shown in groups of three', () => {
    expect([0, 999, 1000, 1_234_567].map(grouped)).toEqual(['0', '999', '1 000', '1 234 567'])
    expect([plural(1, 'datagram'), plural(2, 'datagram'), plural(0, 'reply', 'replies')]).toEqual([
      '1 datagram',
      '2 datagrams',
      '0 replies',
    ])
  })
})
